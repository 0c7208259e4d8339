using System.Diagnostics;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Bench;

/// <summary>What to time.</summary>
/// <param name="Views">How views are made.</param>
/// <param name="Color">As RGB or as gray.</param>
/// <param name="Batch">Pictures a batch.</param>
/// <param name="Workers">Threads that decode and augment; 0 takes the loader's own choice.</param>
/// <param name="Seconds">How long, after the warm-up.</param>
/// <param name="WarmUpSeconds">Time before the clock starts: code is compiled, files come into the system's cache.</param>
/// <param name="DecodeShorterSide">As in <see cref="DecodeRequest.ShorterSide"/>.</param>
/// <param name="ShuffleBuffer">As in <see cref="LoaderOptions.ShuffleBuffer"/>.</param>
public sealed record PipelineBenchmarkOptions(
    ViewRecipe Views, Color Color = Color.Rgb, int Batch = 64, int Workers = 0, double Seconds = 10, double WarmUpSeconds = 2,
    int DecodeShorterSide = 0, int ShuffleBuffer = 0);

/// <summary>What a pipeline does.</summary>
/// <param name="ImagesPerSecond">Pictures (not views) a second: the median of ten parts of the time.</param>
/// <param name="SlowestImagesPerSecond">The slowest part.</param>
/// <param name="FastestImagesPerSecond">The fastest part.</param>
/// <param name="FirstImagesPerSecond">The first part; beside the last it tells whether the rate drifts.</param>
/// <param name="LastImagesPerSecond">The last part.</param>
/// <param name="Pictures">In the source.</param>
/// <param name="Views">A picture.</param>
/// <param name="Workers">Threads.</param>
/// <param name="WaitingShare">Part of the time in which the consumer, which does nothing else, waited: near 1 where the workers are the
/// limit.</param>
/// <param name="ProcessorSeconds">Processor time of all threads, a second.</param>
/// <param name="ResidentMegabytes">The process's memory in the middle of each part.</param>
/// <param name="PeakMegabytes">The most that the process held, start included.</param>
/// <param name="Milliseconds">One thread's time a picture by part: reading and decoding, each operation of all views together,
/// normalizing.</param>
public sealed record PipelineBenchmarkResult(
    double ImagesPerSecond, double SlowestImagesPerSecond, double FastestImagesPerSecond, double FirstImagesPerSecond,
    double LastImagesPerSecond, int Pictures, int Views, int Workers,
    double WaitingShare, double ProcessorSeconds,
    IReadOnlyList<double> ResidentMegabytes, double PeakMegabytes, IReadOnlyDictionary<string, double> Milliseconds);

/// <summary>Times the way of a picture from its file to the batch, with nobody training.</summary>
public static class PipelineBenchmark
{
    private const int Parts = 10;

    /// <summary>Runs it.</summary>
    /// <param name="source">The pictures; stays the caller's.</param>
    /// <param name="options">What to time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops between batches.</param>
    public static PipelineBenchmarkResult Run(IImageSource source, PipelineBenchmarkOptions options, TimeProvider time,
        CancellationToken cancel = default)
    {
        ViewLoader loader = new(source, options.Views, new LoaderOptions
        {
            BatchSize = options.Batch,
            Workers = options.Workers,
            ShuffleBuffer = options.ShuffleBuffer,
            Reading = new DecodeRequest(options.Color, options.DecodeShorterSide),
        });
        double[] rates = new double[Parts], resident = new double[Parts];
        (double waited, double processor, double elapsed) = (0, 0, 0);
        int part = -1;                                    // −1 is the warm-up
        long images = 0, start = time.GetTimestamp(), whole = start;
        using Process process = Process.GetCurrentProcess();
        foreach (ViewBatch batch in loader.Epochs(0, cancel: cancel))
        {
            images += batch.Count;
            batch.Dispose();
            double seconds = time.GetElapsedTime(start).TotalSeconds;
            if (seconds < (part < 0 ? options.WarmUpSeconds : options.Seconds / Parts))
                continue;
            process.Refresh();
            if (part < 0)
                (waited, processor, whole) = (loader.Waited.TotalSeconds, process.TotalProcessorTime.TotalSeconds, time.GetTimestamp());
            else
                (rates[part], resident[part]) = (images / seconds, process.WorkingSet64 / 1e6);
            (images, start) = (0, time.GetTimestamp());
            if (++part == Parts)
                break;
        }
        process.Refresh();
        elapsed = time.GetElapsedTime(whole).TotalSeconds;
        Spread spread = Spread.Of(rates);
        double cores = (process.TotalProcessorTime.TotalSeconds - processor) / elapsed,
            waiting = (loader.Waited.TotalSeconds - waited) / elapsed, peak = process.PeakWorkingSet64 / 1e6;
        // last, for by now the runtime has compiled every kernel with all optimizations
        Dictionary<string, double> parts = StageTimes.Of(source, options.Views, new DecodeRequest(options.Color, options.DecodeShorterSide),
            time, cancel);
        return new PipelineBenchmarkResult(spread.Median, spread.Least, spread.Most, rates[0], rates[^1], source.Count, options.Views.Count,
            loader.Options.WorkerCount,
            waiting, cores, resident, peak, parts);
    }
}
