using System.Diagnostics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using MocoSharp.Embedding;
using MocoSharp.Encoders;
using MocoSharp.Exchange;
using MocoSharp.Imaging;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Benchmarks;

/// <summary>Times one encoder three ways in turns within one process, for bench/compare_inference.py: its forward pass as <c>moco embed</c>
/// runs it, <see cref="OnnxEmbedder"/> on decoded pictures, and ONNX Runtime alone on prepared numbers. Writes one JSON object.</summary>
/// <param name="Encoder">Its name.</param>
/// <param name="Side">Pixels.</param>
/// <param name="Batch">Pictures of one call.</param>
/// <param name="Threads">Of one call.</param>
/// <param name="Callers">Who call at once; the forward pass is timed with one alone.</param>
/// <param name="Calls">Calls of each caller in one turn.</param>
internal sealed record InferenceProgram(string Encoder, int Side, int Batch, int Threads, int Callers, int Calls)
{
    /// <summary>One turn to warm up, then so many that count.</summary>
    internal void Run(int turns, string to)
    {
        Runtime.Threads = Threads;
        Runtime.Seed(1);
        string folder = Directory.CreateTempSubdirectory("moco-onnx-").FullName;
        try
        {
            using TensorScope scope = TensorScope.Begin();
            using GradMode off = GradMode.Off();
            using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(Encoder));
            encoder.Train(false);
            string model = Exported(encoder, folder);
            using SessionOptions options = new() { IntraOpNumThreads = Threads };
            using InferenceSession session = new(model, options);
            using OnnxEmbedder embedder = OnnxEmbedder.Open(model, new EmbedderOptions(Threads, BatchSize: Math.Max(Batch, 32)));
            Image[] pictures = [.. Enumerable.Range(0, Batch).Select(Picture)];
            float[] prepared = Prepared(pictures);
            Tensor input = Tensor.From(prepared, Batch, 3, Side, Side).Contiguous(MemoryFormat.ChannelsLast);
            float[] ours = [], theirs = [];
            float[][] embedded = [];
            Dictionary<string, List<double>> seconds = new() { ["own"] = [], ["embedder"] = [], ["runtime"] = [] };
            for (int turn = 0; turn <= turns; turn++)
            {
                double own = Callers > 1 ? double.NaN
                    : Seconds(() => ours = TensorScope.Keep(() => encoder.Forward(input)).ToArray<float>());
                double embedding = Seconds(() => embedded = Batch == 1 ? [embedder.Embed(pictures[0])]
                    : embedder.EmbedAsync(pictures).GetAwaiter().GetResult());
                double runtime = Seconds(() => theirs = Alone(session, prepared));
                if (turn == 0) continue;
                if (Callers == 1) seconds["own"].Add(own);
                seconds["embedder"].Add(embedding);
                seconds["runtime"].Add(runtime);
            }
            double largest = theirs.Max(Math.Abs);
            double Apart(IEnumerable<float> others) =>
                others.Zip(theirs, static (a, b) => Math.Abs(a - b)).DefaultIfEmpty().Max() / largest;
            File.WriteAllText(to, JsonSerializer.Serialize(new
            {
                pictures = Batch * Callers * Calls,
                seconds,
                apart = Apart(ours),
                embedder_apart = Apart(embedded.SelectMany(static vector => vector)),
                level = Kernels.Level,
                runtime = OrtEnv.Instance().GetVersionString(),
            }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string Exported(Encoder encoder, string folder)
    {
        string file = Path.Combine(folder, "encoder.safetensors"), model = Path.Combine(folder, "encoder.onnx");
        EncoderFile.Write(file, encoder, run: null, RecipeFile.Load("photos", [$"views.0.steps.0.randomResizedCrop.size={Side}"]).Recipe);
        EncoderExport.Write(file, model, new ExportOptions(ExportFormat.Onnx));
        return model;
    }

    private Image Picture(int number)
    {
        Image picture = new(Side, Side, 3);
        Rng rng = Rng.For(1, sample: number);
        for (int i = 0; i < picture.Samples.Length; i++) picture.Samples[i] = (byte)rng.NextInt32(256);
        return picture;
    }

    // as the recipe's pictures are normalized: ImageNet's mean and deviation
    private float[] Prepared(Image[] pictures)
    {
        float[] mean = [0.485f, 0.456f, 0.406f], deviation = [0.229f, 0.224f, 0.225f], values = new float[Batch * 3 * Side * Side];
        int plane = Side * Side;
        for (int n = 0; n < Batch; n++)
            for (int i = 0; i < plane; i++)
                for (int c = 0; c < 3; c++)
                    values[(n * 3 + c) * plane + i] = (pictures[n].Samples[i * 3 + c] / 255f - mean[c]) / deviation[c];
        return values;
    }

    private float[] Alone(InferenceSession session, float[] prepared)
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(prepared, [Batch, 3, Side, Side]);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> given = session.Run(options, ["pictures"], [value], ["features"]);
        return given[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private double Seconds(Action work)
    {
        using (ManualResetEventSlim never = new()) never.Wait(200);        // threads of the work before spin for a while
        long start = Stopwatch.GetTimestamp();
        if (Callers == 1)
            for (int call = 0; call < Calls; call++) work();
        else
        {
            Thread[] callers = [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
            {
                for (int call = 0; call < Calls; call++) work();
            }))];
            foreach (Thread caller in callers) caller.Start();
            foreach (Thread caller in callers) caller.Join();
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
