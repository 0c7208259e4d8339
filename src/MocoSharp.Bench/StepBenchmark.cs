using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Optim;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Bench;

/// <summary>What to time.</summary>
/// <param name="Encoder">A registered encoder.</param>
/// <param name="Image">Side of the pictures in pixels.</param>
/// <param name="Batch">Pictures a step.</param>
/// <param name="Precision">Number type of activations.</param>
/// <param name="QueueLength">K.</param>
/// <param name="Steps">Timed steps.</param>
/// <param name="WarmUp">Steps before them: kernels are chosen and memory is taken then.</param>
/// <param name="Record">A safetensors file to write weights, queue and pictures to before the first step, so that another program can do
/// the same steps; each step then has noise of its own. Null for none.</param>
/// <param name="Layers">Whether each convolution is timed by itself, too.</param>
/// <param name="Data">Real pictures; null for the same noise in every step, which costs no time.</param>
public sealed record StepBenchmarkOptions(
    string Encoder = "resnet18-small", int Image = 32, int Batch = 256, Precision Precision = Precision.Auto, int QueueLength = 4096,
    int Steps = 10, int WarmUp = 4, string? Record = null, bool Layers = false,
    StepBenchmarkData? Data = null);

/// <summary>What a step costs.</summary>
/// <param name="ImagesPerSecond">Pictures (not views) a second, the median step.</param>
/// <param name="SlowestImagesPerSecond">The slowest step.</param>
/// <param name="FastestImagesPerSecond">The fastest step.</param>
/// <param name="Parts">The same for each of ten parts of the steps, in their order: whether the rate drifts. Fewer parts where ten do not
/// divide the steps.</param>
/// <param name="ResidentMegabytes">The process's memory at each part's end.</param>
/// <param name="Precision">bf16 or fp32.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="CeilingBf16">What all threads multiply at best in bf16, in GFLOP/s, measured on numbers that never leave the L1 cache; 0
/// where the processor has no such products.</param>
/// <param name="CeilingFp32">The same in fp32.</param>
/// <param name="Gflops">What the step's convolutions multiply and add a second, by their definition; Winograd's may do more than the
/// ceiling.</param>
/// <param name="Milliseconds">The median by part: waiting (for the loader, and the pictures' conversion), query forward, key forward, loss
/// (forward), backward, update (queue, optimizer, momentum copy). Both forwards and the loss, which a step interleaves, are timed apart,
/// after the steps.</param>
/// <param name="PeakMegabytes">The most that tensors held, the choice of kernels included.</param>
/// <param name="PeakResidentMegabytes">The most that the process held in the timed steps, without what choosing kernels took;
/// where the system does not let the peak be forgotten, it is that of the whole process.</param>
/// <param name="PeakResidentBeforeMegabytes">The same before them: start, warm-up and the choice of kernels.</param>
/// <param name="MinorFaultsPerStep">Pages that the system had to supply in the median timed step, by all threads.</param>
/// <param name="Losses">Of every step, the first ones included.</param>
/// <param name="Layers">Each shape of convolution, if asked for.</param>
public sealed record StepBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond,
    IReadOnlyList<double> Parts, IReadOnlyList<double> ResidentMegabytes,
    string Precision, int Threads, double CeilingBf16, double CeilingFp32, double Gflops, IReadOnlyDictionary<string, double> Milliseconds,
    double PeakMegabytes,
    double PeakResidentMegabytes, double PeakResidentBeforeMegabytes, double MinorFaultsPerStep,
    IReadOnlyList<double> Losses, IReadOnlyList<ConvolutionSpeed>? Layers);

/// <summary>Times the MoCo v2 step on synthetic or loaded pictures: no monitor, nothing left out of the step.</summary>
public static class StepBenchmark
{
    private const int KeyFeatures = 128;
    private const int TimedApart = 10, Parts = 10;
    private const double Temperature = 0.2;

    /// <summary>Runs it.</summary>
    /// <param name="options">What to time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between steps.</param>
    public static StepBenchmarkResult Run(StepBenchmarkOptions options, TimeProvider time, CancellationToken cancel = default)
    {
        Compute compute = new(Device.Cpu, Compute.TypeOn(Device.Cpu, options.Precision));
        DType type = compute.Type;
        (double bf16, double fp32) = (Kernels.Ceiling(DType.BFloat16), Kernels.Ceiling(DType.Float32));
        Runtime.Seed(0);
        using MoCo moco = new(() => EncoderRegistry.Create(new EncoderOptions(options.Encoder)),
            new MoCoOptions(options.QueueLength, KeyFeatures, Temperature: Temperature));
        using Sgd sgd = new(ParameterGroup.Of(moco.Parameters(), weightDecay: 1e-4, decayNormsAndBiases: true), momentum: 0.9);
        using TensorScope outer = TensorScope.Begin();
        using StepPictures pictures = StepPictures.Of(options, type);
        if (options.Record is { } record) Write(record, moco, pictures);
        List<StepTime> steps = [];
        List<double> losses = [], resident = [];
        int part = (options.Steps + Parts - 1) / Parts;
        double before = 0;
        for (int i = 0; i < options.WarmUp + options.Steps; i++)
        {
            cancel.ThrowIfCancellationRequested();
            if (i == options.WarmUp)
            {
                before = ProcessMemory.PeakBytes() / 1e6;
                Runtime.ReleaseCachedMemory();      // as a training does behind its first update
                _ = ProcessMemory.ForgetPeak();
            }
            StepTime step = One(moco, sgd, pictures, i, time);
            losses.Add(step.Loss);
            if (i < options.WarmUp) continue;
            steps.Add(step);
            if (steps.Count % part == 0 || steps.Count == options.Steps) resident.Add(Environment.WorkingSet / 1e6);
        }
        double during = ProcessMemory.PeakBytes() / 1e6;
        long peak = Runtime.Memory.Peak;
        Batch last = pictures.Next(options.WarmUp + options.Steps);
        PartTimes parts = Apart(moco, last, options, time);
        IReadOnlyList<ConvolutionSpeed> layers = ConvolutionBenchmark.Run(moco, last.View(0), options.Layers, type == DType.BFloat16 ? bf16
            : fp32, time, cancel);
        Spread whole = Spread.Of(steps.Select(static step => step.Whole));
        double Milliseconds(Func<StepTime, double> stage) => 1000 * Spread.Of(steps.Select(stage)).Median;
        return new StepBenchmarkResult(options.Batch / whole.Median, options.Batch / whole.Most, options.Batch / whole.Least,
            [.. steps.Chunk(part).Select(some => options.Batch / Spread.Of(some.Select(static step => step.Whole)).Median)], resident,
            compute.Precision, Runtime.Threads,
            bf16, fp32, layers.Sum(static l => l.StepGflop) / whole.Median, new Dictionary<string, double>
            {
                ["waiting"] = Milliseconds(static step => step.Waiting),
                ["query_forward"] = 1000 * parts.Query,
                ["key_forward"] = 1000 * parts.Key,
                ["loss"] = 1000 * parts.Loss,
                ["backward"] = Milliseconds(static step => step.Backward),
                ["update"] = Milliseconds(static step => step.Update),
            }, peak / 1e6, during, before, Spread.Of(steps.Select(static step => (double)step.Faults)).Median, losses, options.Layers
                ? layers : null);
    }

    private static StepTime One(MoCo moco, Sgd sgd, StepPictures pictures, long number, TimeProvider time)
    {
        long faults = ProcessMemory.MinorFaults();
        using TensorScope scope = TensorScope.Begin();
        Stage clock = new(time);
        Batch batch = pictures.Next(number);
        double afterWaiting = clock.Seconds;
        StepResult step = moco.LeanStep(batch);
        double loss = step.Loss.ToDouble(), afterForward = clock.Seconds;
        step.Loss.Backward();
        double afterBackward = clock.Seconds;
        moco.AfterBackward(step);
        sgd.Update(0.03);
        moco.AfterUpdate(new TrainingClock(0, number, 1, 1));
        double afterUpdate = clock.Seconds;
        return new StepTime(loss, afterUpdate, afterWaiting, afterBackward - afterForward, afterUpdate - afterBackward,
            ProcessMemory.MinorFaults() - faults);
    }

    /// <summary>The median seconds of what a step interleaves with the rest: both networks' forwards, the query's with its graph, and the
    /// loss.</summary>
    private static PartTimes Apart(MoCo moco, Batch batch, StepBenchmarkOptions options, TimeProvider time)
    {
        List<double> queries = [], keys = [], losses = [];
        for (int i = 0; i < Math.Min(TimedApart, options.Steps); i++)
        {
            using TensorScope scope = TensorScope.Begin();
            Stage query = new(time);
            _ = moco.Project(batch.View(0));
            queries.Add(query.Seconds);
            Stage key = new(time);
            _ = Functional.NoGrad(() => moco.Project(batch.View(1)));
            keys.Add(key.Seconds);
            Tensor features = Unit(options.Batch), queue = Unit(options.QueueLength);
            features.RequiresGrad = true;
            Stage loss = new(time);
            _ = InfoNce.Loss(features, features.Detach(), queue, Temperature).ToDouble();
            losses.Add(loss.Seconds);
        }
        return new PartTimes(Spread.Of(queries).Median, Spread.Of(keys).Median, Spread.Of(losses).Median);
    }

    private static void Write(string file, MoCo moco, StepPictures pictures)
    {
        Tensor noise = pictures.Noise ??
            throw new ArgumentException("only synthetic pictures can be recorded: loaded ones take their own course");
        Safetensors.Write(file, moco.State().Append(("pictures", noise)));
    }

    private static Tensor Unit(int rows) => Functional.Normalize(Tensor.RandomNormal([rows, KeyFeatures]));

    /// <summary>One step's loss, its seconds in all and by part, and the pages that it was given.</summary>
    private readonly record struct StepTime(double Loss, double Whole, double Waiting, double Backward, double Update, long Faults);

    private readonly record struct PartTimes(double Query, double Key, double Loss);

    private readonly struct Stage(TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();

        internal double Seconds => time.GetElapsedTime(_start).TotalSeconds;
    }
}
