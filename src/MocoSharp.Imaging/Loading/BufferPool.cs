using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Loading;

/// <summary>Batch memory that is used again. Holds no more than it was told to keep, and nothing between epochs.</summary>
internal sealed class BufferPool(IReadOnlyList<ImageSize> sizes, int batchSize, int keep)
{
    private readonly Stack<BatchBuffers> _free = [];
    private readonly Lock _gate = new();

    /// <summary>Buffers that were rented and did not come back yet.</summary>
    public int Out { get; private set; }

    /// <summary>The most that were ever out at once.</summary>
    public int MostOut { get; private set; }

    public BatchBuffers Rent()
    {
        lock (_gate)
        {
            Out++;
            MostOut = Math.Max(MostOut, Out);
            if (_free.TryPop(out BatchBuffers? buffers))
                return buffers;
        }
        return new BatchBuffers(sizes, batchSize);
    }

    public void Return(BatchBuffers buffers)
    {
        lock (_gate)
        {
            Out--;
            if (_free.Count < keep)
            {
                _free.Push(buffers);
                return;
            }
        }
        buffers.Dispose();
    }

    /// <summary>Gives back what is not in use. What comes back later is kept for the next epoch.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            while (_free.TryPop(out BatchBuffers? buffers))
                buffers.Dispose();
        }
    }
}
