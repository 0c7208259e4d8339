using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Loading;

/// <summary>The memory of one batch.</summary>
internal sealed class BatchBuffers : IDisposable
{
    private readonly AlignedFloats[] _views;

    public BatchBuffers(IReadOnlyList<ImageSize> sizes, int batchSize)
    {
        Sizes = sizes;
        (Indices, Labels) = (new int[batchSize], new int[batchSize]);
        _views = [.. sizes.Select(size => new AlignedFloats(checked(size.Samples * batchSize)))];
    }

    public IReadOnlyList<ImageSize> Sizes { get; }

    public int[] Indices { get; }

    public int[] Labels { get; }

    public Span<float> View(int view) => _views[view].Span;

    public Span<float> Slot(int view, int slot)
    {
        int length = Sizes[view].Samples;
        return View(view).Slice(slot * length, length);
    }

    public nint Pointer(int view) => _views[view].Address;

    public void Dispose()
    {
        foreach (AlignedFloats view in _views)
            view.Dispose();
    }
}
