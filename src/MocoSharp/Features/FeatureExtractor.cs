using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>Turns pictures into feature vectors, in the source's order.</summary>
/// <param name="settings">How pictures are read.</param>
/// <param name="view">What is seen of each.</param>
/// <param name="compute">Where the network is, and its element type.</param>
/// <param name="warned">Told of unreadable pictures.</param>
/// <param name="maximumBadShare">How many may be unreadable, 0 to 1. Any number by default: they are left out, counted and named.</param>
public sealed class FeatureExtractor(DataSettings settings, ViewPipeline view, Compute compute, Action<string>? warned = null,
    double maximumBadShare = 1)
{
    private const int Named = 20, Gone = -2;

    /// <summary>Pictures a batch, 256 by default.</summary>
    internal int BatchSize { get; init; } = 256;

    /// <summary>Who makes the features of a whole source: this process alone by default.</summary>
    internal SharedWork Work { get; init; } = SharedWork.Alone;

    /// <summary>One vector a picture. Unreadable ones are <see cref="FeatureSet.Absent"/>: they have no label, and count for
    /// nothing.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="network">From [N, C, H, W] to [N, D]; must be in evaluation mode.</param>
    /// <param name="epoch">Address of the view's randomness, where it has any.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS5001: there is no picture.</exception>
    public FeatureSet Extract(IImageSource source, Func<Tensor, Tensor> network, int epoch = 0, CancellationToken cancel = default) =>
        Extract(source, network, used: null, epoch, cancel);

    /// <summary>As the other, in the memory of features that nobody reads any more, where their number is the same.</summary>
    internal FeatureSet Extract(IImageSource source, Func<Tensor, Tensor> network, FeatureSet? used, int epoch = 0,
        CancellationToken cancel = default)
    {
        if (source.Count == 0)
            throw new MocoException(ErrorIds.FeatureShape, "there is no picture to make features of",
                fix: "give a source that holds one picture or more");
        float[]? features = null;
        int dimensions = 0;
        int[] labels = new int[source.Count];
        ViewLoader loader = Loader(source, maximumBadShare);
        (int first, int batches) = Work.Own(loader.BatchesPerEpoch);
        int row = first * BatchSize;
        Work.Do(() => ForEach(loader.Part(epoch, first, batches, cancel), network, (loaded, output) =>
        {
            dimensions = (int)output.Size(1);
            features ??= RoomFor(source.Count, dimensions, used);
            output.AsSpan<float>().CopyTo(features.AsSpan(checked(row * dimensions)));
            for (int i = 0; i < loaded.Count; i++, row++)
                labels[row] = loaded.Indices[i] == row ? loaded.Labels[i] : Gone;       // the next readable picture stands in for it
        }));
        Tell(loader.BadImages, source.Count);
        dimensions = Work.Largest(dimensions);
        features ??= RoomFor(source.Count, dimensions, used);
        Work.Spread(features, source.Count, BatchSize, dimensions);
        Work.Spread(labels, source.Count, BatchSize);
        int[] absent = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == Gone)];
        foreach (int gone in absent) labels[gone] = -1;
        return new FeatureSet(features, dimensions, labels, source.Classes) { Absent = absent };
    }

    private void Tell(IReadOnlyList<BadImage> bad, int pictures)
    {
        foreach (BadImage image in bad.Take(Named)) warned?.Invoke($"cannot read {image.Name}: {image.Reason}; it is left out");
        if (bad.Count > Named) warned?.Invoke(
            $"{bad.Count:N0} of {pictures:N0} pictures cannot be read, {Named} of them named here, and are left out");
    }

    private static float[] RoomFor(int pictures, int dimensions, FeatureSet? used)
    {
        long length = (long)pictures * dimensions;
        if (used?.Values.LongLength == length) return used.Values;
        if (length <= Array.MaxLength) return new float[length];
        throw new MocoException(ErrorIds.FeatureShape,
            $"{pictures:N0} pictures of {dimensions:N0} numbers each are more than {Array.MaxLength:N0}, the most that a test keeps in "
            + $"memory",
            fix: "test on part of the pictures (--data DIR of a folder with fewer), on narrower features (--features projected; "
            + "monitor.features: projected), or train without tests (--set monitor.everyEpochs=0)");
    }

    /// <summary>Hands over vectors batch by batch, so that memory does not grow with the number of pictures.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="network">From [N, C, H, W] to [N, D].</param>
    /// <param name="maximumBadShare">How many may be unreadable, 0 to 1.</param>
    /// <param name="epoch">Address of the view's randomness.</param>
    /// <param name="take">Gets a batch and its [N, D], fp32 and on the processor; both end with the call.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <returns>The unreadable pictures.</returns>
    internal IReadOnlyList<BadImage> ForEach(
        IImageSource source, Func<Tensor, Tensor> network, double maximumBadShare, int epoch, Action<ViewBatch, Tensor> take,
        CancellationToken cancel)
    {
        ViewLoader loader = Loader(source, maximumBadShare);
        ForEach(loader, network, epoch, firstBatch: 0, take, cancel);
        return loader.BadImages;
    }

    /// <summary>As the other, with a loader of <see cref="Loader"/>, from one of its batches on.</summary>
    internal void ForEach(ViewLoader loader, Func<Tensor, Tensor> network, int epoch, int firstBatch, Action<ViewBatch, Tensor> take,
        CancellationToken cancel) => ForEach(loader.Epoch(epoch, firstBatch, cancel), network, take);

    private void ForEach(IEnumerable<ViewBatch> batches, Func<Tensor, Tensor> network, Action<ViewBatch, Tensor> take)
    {
        BatchReader reader = new(compute, seed: 0);
        using GradMode off = GradMode.Off();
        foreach (ComingBatch coming in reader.Coming(batches))
        {
            using (coming)
            using (TensorScope.Begin()) take(coming.Loaded, network(coming.View(0)).To(DType.Float32).Contiguous().Flatten(1).Contiguous()
                .ToProcessor());
        }
    }

    /// <summary>Reads pictures in the source's order.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="maximumBadShare">How many may be unreadable, 0 to 1.</param>
    internal ViewLoader Loader(IImageSource source, double maximumBadShare) => new(source, new ViewRecipe([view]), new LoaderOptions
    {
        BatchSize = BatchSize,
        Workers = settings.Workers,
        Shuffle = false,
        DropLast = false,
        MaximumBadShare = (float)maximumBadShare,
        Reading = settings.Request(),
    });
}
