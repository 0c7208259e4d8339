namespace MocoSharp.Imaging.Datasets;

/// <summary>Bytes that several sources share for the pictures that they keep: who comes first is served. Safe to call from many threads at
/// once.</summary>
public sealed class CacheBudget
{
    private long _used;

    /// <summary>Makes one.</summary>
    /// <param name="bytes">In all, 0 or more.</param>
    public CacheBudget(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
    }

    /// <summary>In all.</summary>
    public long Bytes { get; }

    /// <summary>Taken now; never above <see cref="Bytes"/>.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <summary>Takes some, or nothing where so many are not left.</summary>
    internal bool TryTake(long bytes)
    {
        long used = UsedBytes;
        while (used + bytes <= Bytes)
        {
            long before = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (before == used)
                return true;
            used = before;
        }
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    internal void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
