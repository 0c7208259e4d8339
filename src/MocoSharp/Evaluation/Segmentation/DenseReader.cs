using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Pictures of one size, as a network sees them.</summary>
/// <param name="Indices">Their numbers in the source.</param>
/// <param name="Pictures">[N, C, H, W].</param>
/// <param name="Labels">The classes of each picture's H × W places; null where nothing is known.</param>
/// <param name="Sizes">Width and height of each as it was read.</param>
internal sealed record DenseBatch(
    IReadOnlyList<int> Indices, Tensor Pictures, IReadOnlyList<PixelLabels?> Labels, IReadOnlyList<(int Width, int Height)> Sizes)
{
    internal int Width => (int)Pictures.Size(3);

    internal int Height => (int)Pictures.Size(2);
}

/// <summary>Reads pictures with their labels a few at a time; neighbors of equal size make a batch.</summary>
/// <param name="request">How pictures are read.</param>
/// <param name="view">What is seen of each.</param>
/// <param name="compute">Where networks are, and their element type.</param>
/// <param name="passedOver">Told the number of each picture that cannot be read or has no fitting mask, and why.</param>
internal sealed class DenseReader(DecodeRequest request, DenseView view, Compute compute, Action<int, BadImageException> passedOver)
{
    private const int AtOnce = 16, MostPixels = 1 << 20;

    private sealed record Seen(int Index, float[] Values, ImageSize Size, PixelLabels? Labels, int Width, int Height);

    /// <summary>Hands over batches in the pictures' order, without recording a graph.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="indices">Which of them.</param>
    /// <param name="take">Gets a batch, whose tensors end with the call.</param>
    /// <param name="cancel">Stops between batches.</param>
    internal void ForEach(LabeledPixels source, IReadOnlyList<int> indices, Action<DenseBatch> take, CancellationToken cancel)
    {
        using GradMode off = GradMode.Off();
        foreach (int[] some in indices.Chunk(AtOnce))
        {
            Seen?[] seen = new Seen?[some.Length];
            BadImageException?[] bad = new BadImageException?[some.Length];
            _ = Parallel.For(0, some.Length, new ParallelOptions { CancellationToken = cancel }, i =>
            {
                try
                {
                    seen[i] = See(source, some[i]);
                }
                catch (BadImageException error)
                {
                    bad[i] = error;
                }
            });
            foreach ((int i, BadImageException? error) in bad.Index())
                if (error is not null) passedOver(some[i], error);
            foreach (List<Seen> group in Groups(seen.OfType<Seen>()))
            {
                cancel.ThrowIfCancellationRequested();
                using TensorScope scope = TensorScope.Begin();
                take(Batch(group));
            }
        }
    }

    private Seen See(LabeledPixels source, int index)
    {
        Image image = source.Pictures.Load(index, request);
        ViewPipeline pipeline = view.For(image.Width, image.Height);
        ImageSize size = pipeline.Output(new ImageSize(image.Width, image.Height, pipeline.PartnerChannels ?? image.Channels));
        float[] values = new float[size.Samples];
        Rng none = Rng.For(0);
        pipeline.Render(image, ref none, new Canvas(), values);
        PixelLabels? labels = source.Truth?.Invoke(index, image).Resized(size.Width, size.Height);
        return new Seen(index, values, size, labels, image.Width, image.Height);
    }

    private static IEnumerable<List<Seen>> Groups(IEnumerable<Seen> pictures)
    {
        List<Seen> group = [];
        foreach (Seen one in pictures)
        {
            if (group.Count > 0 && (group[0].Size != one.Size || (group.Count + 1) * (long)one.Size.Width * one.Size.Height > MostPixels))
            {
                yield return group;
                group = [];
            }
            group.Add(one);
        }
        if (group.Count > 0) yield return group;
    }

    private DenseBatch Batch(List<Seen> group)
    {
        ImageSize size = group[0].Size;
        Tensor memory = Tensor.Empty([group.Count, size.Height, size.Width, size.Channels]);
        Span<float> values = memory.AsSpan<float>();
        foreach ((int i, Seen one) in group.Index()) one.Values.CopyTo(values[(i * size.Samples)..]);
        return new DenseBatch([.. group.Select(static one => one.Index)], memory.Permute(0, 3, 1, 2).To(compute.Device).To(compute.Type),
            [.. group.Select(static one => one.Labels)], [.. group.Select(static one => (one.Width, one.Height))]);
    }
}
