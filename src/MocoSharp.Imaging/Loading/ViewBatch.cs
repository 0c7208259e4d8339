using System.Diagnostics.CodeAnalysis;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Loading;

/// <summary>One batch: for each view, N normalized pictures in memory that does not move. Dispose gives it back to the loader.</summary>
public sealed class ViewBatch : IDisposable
{
    private readonly BatchBuffers _buffers;
    private readonly BufferPool _pool;
    private int _disposed;

    internal ViewBatch(BatchBuffers buffers, BufferPool pool, int count) => (_buffers, _pool, Count) = (buffers, pool, count);

    /// <summary>N: pictures in this batch; the last one of an epoch may have fewer than the others.</summary>
    public int Count { get; }

    /// <summary>Views a picture.</summary>
    public int Views => _buffers.Sizes.Count;

    /// <summary>[N]: which picture of the source each row shows. Where a picture was unreadable, its stand-in's index.</summary>
    public ReadOnlySpan<int> Indices => Live.Indices.AsSpan(0, Count);

    /// <summary>[N]: the pictures' classes; −1 where there is none.</summary>
    public ReadOnlySpan<int> Labels => Live.Labels.AsSpan(0, Count);

    /// <summary>The shape of one picture of a view; views may differ.</summary>
    public ImageSize Size(int view) => _buffers.Sizes[view];

    /// <summary>A view's pixels, [N, Height, Width, Channels], normalized.</summary>
    public Span<float> View(int view) => Live.View(view)[..(Count * Size(view).Samples)];

    /// <summary>Where <see cref="View"/> starts: a multiple of 64 bytes, valid until Dispose.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "It is a pointer.")]
    public nint Pointer(int view) => Live.Pointer(view);

    /// <summary>Gives the buffers back. Pointers and spans must not be used any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _pool.Return(_buffers);
    }

    private BatchBuffers Live
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _buffers;
        }
    }
}
