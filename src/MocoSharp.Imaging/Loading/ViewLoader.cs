using System.Collections.Concurrent;
using System.Diagnostics;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>Decodes pictures, makes their views and puts them into batches on its own threads, ahead of the training step.</summary>
/// <remarks>
/// The batches of an epoch depend on the source, the recipe, the seed and the epoch's number, and on nothing else: not on the number of
/// threads, nor on where in the epoch one starts. A picture is decoded once for all its views.
/// </remarks>
public sealed class ViewLoader
{
    private readonly IImageSource _source;
    private readonly ImageSize[] _sizes;
    private readonly BadImages _bad;
    private long _waited;
    private int _stalls;

    /// <summary>Makes a loader. The source stays the caller's to dispose.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="views">How views are made.</param>
    /// <param name="options">Batch size, threads and limits.</param>
    /// <exception cref="ImagingException">
    /// MS3201: an option is out of range. MS3202: there are fewer pictures than a batch needs. MS3105, MS3106: the recipe does not fit.
    /// </exception>
    public ViewLoader(IImageSource source, ViewRecipe views, LoaderOptions options)
    {
        options.Check();
        (_source, Recipe, Options) = (source, views, options);
        _sizes = [.. views.Views.Select(view => view.Output(options.Reading.Channels))];
        (int whole, int rest) = Math.DivRem(source.Count, options.BatchSize * options.Shares);
        BatchesPerEpoch = whole + (rest > 0 && !options.DropLast ? 1 : 0);
        if (BatchesPerEpoch == 0)
            throw new ImagingException(ErrorIds.FewerThanABatch,
                $"the data set has {source.Count} pictures, and a batch needs {options.BatchSize}",
                fix: $"set batchSize to {Math.Max(source.Count, 1)} or less, add pictures, or keep the short last batch (dropLast: false)");
        _bad = new BadImages(source, options.MaximumBadShare);
        Pool = new BufferPool(_sizes, options.BatchSize, keep: options.Prefetch + 1);
    }

    /// <summary>How views are made.</summary>
    public ViewRecipe Recipe { get; }

    /// <summary>Batch size, threads and limits.</summary>
    public LoaderOptions Options { get; }

    /// <summary>Batches in one epoch, 1 or more.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Unreadable pictures found so far, by index.</summary>
    public IReadOnlyList<BadImage> BadImages => _bad.List();

    /// <summary>How long consumers waited for batches, in all: 0 when the loader keeps up.</summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _waited));

    /// <summary>How many batches were not ready when they were asked for.</summary>
    public int Stalls => Volatile.Read(ref _stalls);

    /// <summary>Batches whose memory is in use now: being made, ready, or given out and not disposed.</summary>
    public int BatchesHeld => Pool.Out;

    /// <summary>The most batches that were held at once; Prefetch + 1 when each is disposed before the next is asked for.</summary>
    public int MostBatchesHeld => Pool.MostOut;

    internal BufferPool Pool { get; }

    /// <summary>Working memory that threads of earlier epochs left behind.</summary>
    internal ConcurrentBag<Canvas> Canvases { get; } = [];

    /// <summary>The shape of one picture of a view.</summary>
    public ImageSize Size(int view) => _sizes[view];

    /// <summary>One epoch's batches, in order. Dispose each; leaving the loop early stops the threads and frees what they made.</summary>
    /// <param name="epoch">Names the order and the views' randomness.</param>
    /// <param name="firstBatch">Batches to leave out at the start, to go on in the middle of an epoch.</param>
    /// <param name="cancel">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ImagingException">
    /// MS3203: too many pictures are unreadable. MS3204: reading or augmenting one failed otherwise; names it.
    /// </exception>
    public IEnumerable<ViewBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Batches(epoch, epochs: 1, firstBatch, BatchesPerEpoch, cancel);
    }

    /// <summary>Some of one epoch's batches, as <see cref="Epoch"/> gives them.</summary>
    /// <param name="epoch">Names the order and the views' randomness.</param>
    /// <param name="firstBatch">Batches to leave out at the start.</param>
    /// <param name="batches">How many, 0 or more; those beyond the epoch's end are left out.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ImagingException">As <see cref="Epoch"/>.</exception>
    public IEnumerable<ViewBatch> Part(int epoch, int firstBatch, int batches, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        return Batches(epoch, epochs: 1, firstBatch, Math.Min(BatchesPerEpoch, (long)firstBatch + batches), cancel);
    }

    /// <summary>Epoch after epoch without an end: the same batches as <see cref="Epoch"/> gives one by one, and the threads do not stop in
    /// between. Leave the loop to end it.</summary>
    /// <param name="firstEpoch">Where to begin.</param>
    /// <param name="firstBatch">Batches of the first epoch to leave out.</param>
    /// <param name="cancel">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ImagingException">As <see cref="Epoch"/>.</exception>
    public IEnumerable<ViewBatch> Epochs(int firstEpoch, int firstBatch = 0, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstEpoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        return Batches(firstEpoch, int.MaxValue - firstEpoch, firstBatch,
            (long)(int.MaxValue - firstEpoch) * BatchesPerEpoch, cancel);
    }

    private IEnumerable<ViewBatch> Batches(int epoch, int epochs, int firstBatch, long end, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using LoaderRun run = new(this, _source, _bad, epoch, epochs, firstBatch, end, cancel);
        for (long batch = firstBatch; batch < end; batch++)
            yield return run.Take(batch);
    }

    /// <summary>Adds to the statistics of waiting.</summary>
    internal void CountWait(long ticks)
    {
        Interlocked.Add(ref _waited, ticks);
        Interlocked.Increment(ref _stalls);
    }
}
