using System.Runtime.InteropServices;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Loading;

/// <summary>The memory of one batch.</summary>
internal sealed class BatchBuffers
{
    private readonly float[][] _views;
    private readonly int[] _starts;

    public BatchBuffers(IReadOnlyList<ImageSize> sizes, int batchSize)
    {
        Sizes = sizes;
        (Indices, Labels) = (new int[batchSize], new int[batchSize]);
        _views = [.. sizes.Select(size => Pinned(checked(size.Samples * batchSize + Alignment.Bytes / sizeof(float))))];
        _starts = [.. _views.Select(Alignment.FloatsToNextLine)];
    }

    public IReadOnlyList<ImageSize> Sizes { get; }

    public int[] Indices { get; }

    public int[] Labels { get; }

    public Span<float> View(int view) => _views[view].AsSpan(_starts[view]);

    public Span<float> Slot(int view, int slot)
    {
        int length = Sizes[view].Samples;
        return View(view).Slice(slot * length, length);
    }

    private static float[] Pinned(int floats) => GC.AllocateUninitializedArray<float>(floats, pinned: true);

    public nint Pointer(int view) => Marshal.UnsafeAddrOfPinnedArrayElement(_views[view], _starts[view]);
}
