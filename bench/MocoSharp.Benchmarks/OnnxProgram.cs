using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MocoSharp.Encoders;
using MocoSharp.Exchange;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using Floats = Microsoft.ML.OnnxRuntime.Tensors.DenseTensor<float>;

namespace MocoSharp.Benchmarks;

/// <summary>Times an encoder's forward pass in fp32 beside ONNX Runtime on its own export, in turns within one process, for
/// bench/compare_onnx.py. Writes one JSON object.</summary>
internal static class OnnxProgram
{
    /// <summary>One turn to warm up, then so many that count.</summary>
    internal static void Run(string encoderName, int side, int batch, int threads, int turns, string to)
    {
        Runtime.Threads = threads;
        Runtime.Seed(1);
        string folder = Directory.CreateTempSubdirectory("moco-onnx-").FullName;
        try
        {
            using TensorScope scope = TensorScope.Begin();
            using GradMode off = GradMode.Off();
            using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(encoderName));
            encoder.Train(false);
            string file = Path.Combine(folder, "encoder.safetensors"), model = Path.Combine(folder, "encoder.onnx");
            Recipe recipe = RecipeFile.Load("photos", [$"views.0.steps.0.randomResizedCrop.size={side}"]).Recipe;
            EncoderFile.Write(file, encoder, run: null, recipe);
            EncoderExport.Write(file, model, new ExportOptions(ExportFormat.Onnx));
            using SessionOptions options = new() { IntraOpNumThreads = threads };
            using InferenceSession session = new(model, options);
            Tensor pictures = Tensor.RandomNormal([batch, 3, side, side]).Contiguous(MemoryFormat.ChannelsLast);
            NamedOnnxValue[] values = [NamedOnnxValue.CreateFromTensor("pictures",
                new Floats(pictures.ToArray<float>(), [batch, 3, side, side]))];
            float[] ours = [], theirs = [];
            List<double> own = [], peer = [];
            for (int turn = 0; turn <= turns; turn++)
            {
                double first = Seconds(() => ours = TensorScope.Keep(() => encoder.Forward(pictures)).ToArray<float>());
                double second = Seconds(() =>
                {
                    using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> given = session.Run(values);
                    theirs = [.. given[0].AsTensor<float>()];
                });
                if (turn == 0) continue;
                own.Add(first);
                peer.Add(second);
            }
            double largest = ours.Max(Math.Abs);
            File.WriteAllText(to, JsonSerializer.Serialize(new
            {
                batch,
                threads,
                own,
                peer,
                apart = ours.Zip(theirs, static (a, b) => Math.Abs(a - b)).Max() / largest,
                level = Kernels.Level,
                runtime = OrtEnv.Instance().GetVersionString(),
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
