using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Torch;
using MocoSharp.Torch.Optim;
using MocoSharp.Torch.Serialization;
using MocoSharp.Training;

namespace MocoSharp.Benchmarks;

/// <summary>What to time.</summary>
/// <param name="Encoder">A registered encoder.</param>
/// <param name="Image">Side of the pictures in pixels.</param>
/// <param name="Batch">Pictures a step.</param>
/// <param name="Precision">Number type of activations.</param>
/// <param name="QueueLength">K.</param>
/// <param name="Steps">Timed steps.</param>
/// <param name="WarmUp">Steps before them: kernels are chosen and memory is taken then.</param>
/// <param name="Record">A safetensors file to write weights, queue and pictures to before the first step, so that another program can do the same steps; null for none.</param>
/// <param name="Layers">Whether each convolution is timed by itself, too.</param>
public sealed record StepBenchmarkOptions(
    string Encoder = "resnet18-small", int Image = 32, int Batch = 256, Precision Precision = Precision.Auto, int QueueLength = 4096, int Steps = 10, int WarmUp = 4, string? Record = null, bool Layers = false);

/// <summary>What a step costs.</summary>
/// <param name="ImagesPerSecond">Pictures (not views) a second, the median step.</param>
/// <param name="SlowestImagesPerSecond">The slowest step.</param>
/// <param name="FastestImagesPerSecond">The fastest step.</param>
/// <param name="Precision">bf16 or fp32.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="CeilingBf16">What all threads multiply at best in bf16, in GFLOP/s, measured on numbers that never leave the L1 cache; 0 where the processor has no such products.</param>
/// <param name="CeilingFp32">The same in fp32.</param>
/// <param name="Gflops">What the step's convolutions multiply and add a second, by their definition; Winograd's may do more than the ceiling.</param>
/// <param name="Milliseconds">The median by part: query forward, key forward, loss (forward, timed apart), backward, update (queue, optimizer, momentum copy). Nothing waits here: the pictures are in memory.</param>
/// <param name="PeakMegabytes">The most that tensors held.</param>
/// <param name="Losses">Of every step, the first ones included.</param>
/// <param name="Layers">Each shape of convolution, if asked for.</param>
public sealed record StepBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond, string Precision, int Threads, double CeilingBf16, double CeilingFp32,
    double Gflops, IReadOnlyDictionary<string, double> Milliseconds, double PeakMegabytes, IReadOnlyList<double> Losses, IReadOnlyList<ConvolutionSpeed>? Layers);

/// <summary>Times the MoCo v2 step on synthetic pictures: no loader, no monitor, nothing left out of the step.</summary>
public static class StepBenchmark
{
    private const int KeyFeatures = 128;
    private const double Temperature = 0.2;

    /// <summary>Runs it.</summary>
    /// <param name="options">What to time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between steps.</param>
    public static StepBenchmarkResult Run(StepBenchmarkOptions options, TimeProvider time, CancellationToken cancel = default)
    {
        DType type = PrecisionChoice.Resolve(options.Precision);
        (double bf16, double fp32) = (Kernels.Ceiling(DType.BFloat16), Kernels.Ceiling(DType.Float32));
        Runtime.Seed(0);
        using MoCo moco = new(() => EncoderRegistry.Create(new EncoderOptions(options.Encoder)), new MoCoOptions(options.QueueLength, KeyFeatures, Temperature: Temperature));
        using Sgd sgd = new(ParameterGroup.Of(moco.Parameters(), weightDecay: 1e-4, decayNormsAndBiases: true), momentum: 0.9);
        using TensorScope outer = TensorScope.Begin();
        Tensor query = Pictures(options), key = query.Flip(3).Contiguous(MemoryFormat.ChannelsLast);
        if (options.Record is { } record) Safetensors.Write(record, moco.State().Append(("pictures.query", query.Contiguous())).Append(("pictures.key", key.Contiguous())));
        List<double> whole = [], forward = [], keyForward = [], lossForward = [], backward = [], update = [], losses = [];
        for (int i = 0; i < options.WarmUp + options.Steps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using TensorScope scope = TensorScope.Begin();
            Stage clock = new(time);
            StepResult step = moco.Step(new Batch([query.To(type), key.To(type)], new int[options.Batch], new int[options.Batch], seed: 0, i));
            losses.Add(step.Loss.ToDouble());
            double afterForward = clock.Seconds;
            step.Loss.Backward();
            double afterBackward = clock.Seconds;
            moco.AfterBackward(step);
            sgd.Update(0.03);
            moco.AfterUpdate(new TrainingClock(0, i, 1, 1));
            double afterUpdate = clock.Seconds;
            if (i < options.WarmUp) continue;
            whole.Add(afterUpdate);
            forward.Add(afterForward);
            backward.Add(afterBackward - afterForward);
            update.Add(afterUpdate - afterBackward);
            Stage apart = new(time);
            _ = Functional.NoGrad(() => moco.Project(key.To(type)));      // the key network's shape: timed apart, for a step interleaves the two
            keyForward.Add(apart.Seconds);
            Tensor features = Unit(options.Batch), queue = Unit(options.QueueLength);
            features.RequiresGrad = true;
            Stage lossApart = new(time);
            _ = InfoNce.Loss(features, features.Detach(), queue, Temperature).ToDouble();
            lossForward.Add(lossApart.Seconds);
        }
        double keys = Median(keyForward), loss = Median(lossForward);
        long peak = Runtime.Memory.Peak;
        IReadOnlyList<ConvolutionSpeed> layers = ConvolutionBenchmark.Run(moco, query.To(type), options.Layers, type == DType.BFloat16 ? bf16 : fp32, time, cancel);
        return new StepBenchmarkResult(options.Batch / Median(whole), options.Batch / whole.Max(), options.Batch / whole.Min(), PrecisionChoice.Name(type), Runtime.Threads,
            bf16, fp32, layers.Sum(static l => l.StepGflop) / Median(whole), new Dictionary<string, double>
            {
                ["query_forward"] = 1000 * (Median(forward) - keys - loss),
                ["key_forward"] = 1000 * keys,
                ["loss"] = 1000 * loss,
                ["backward"] = 1000 * Median(backward),
                ["update"] = 1000 * Median(update),
            }, peak / 1e6, losses, options.Layers ? layers : null);
    }

    private static Tensor Pictures(StepBenchmarkOptions options) =>
        Tensor.RandomNormal([options.Batch, 3, options.Image, options.Image]).Contiguous(MemoryFormat.ChannelsLast);

    private static Tensor Unit(int rows) => Functional.Normalize(Tensor.RandomNormal([rows, KeyFeatures]));

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private readonly struct Stage(TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();

        internal double Seconds => time.GetElapsedTime(_start).TotalSeconds;
    }
}
