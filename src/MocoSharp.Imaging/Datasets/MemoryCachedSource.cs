using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Keeps decoded pictures in memory up to a budget, so that later epochs do not decode them again. It owns the inner
/// source.</summary>
/// <remarks>
/// The first pictures that fit stay; none is ever thrown out, since epochs pass over all pictures and a "least recently used" rule would
/// then never hit. Each picture is decoded once even when threads ask for it together. Pictures are shared: do not write to them.
/// </remarks>
public sealed class MemoryCachedSource : IImageSource
{
    /// <summary>The default budget: 2 GiB.</summary>
    public const long DefaultBudget = 2L << 30;

    // An object's and an array's header, and alignment.
    private const int Overhead = 72;

    private readonly IImageSource _inner;
    private readonly DecodeRequest _request;
    private readonly CacheBudget _budget;
    private readonly Image?[] _images;
    private readonly Lock[] _locks = new Lock[256];
    private long _used;
    private volatile bool _isFull;

    /// <summary>Wraps a source.</summary>
    /// <param name="inner">The source behind it.</param>
    /// <param name="request">The request that is kept; pictures that are asked for otherwise are decoded each time.</param>
    /// <param name="budget">Bytes, 0 or more.</param>
    public MemoryCachedSource(IImageSource inner, DecodeRequest request, long budget = DefaultBudget)
        : this(inner, request, new CacheBudget(budget))
    {
    }

    /// <summary>Wraps a source that shares its budget with others.</summary>
    /// <param name="inner">The source behind it.</param>
    /// <param name="request">The request that is kept; pictures that are asked for otherwise are decoded each time.</param>
    /// <param name="budget">What all of them keep together; closing this source gives its part back.</param>
    public MemoryCachedSource(IImageSource inner, DecodeRequest request, CacheBudget budget)
    {
        (_inner, _request, _budget) = (inner, request, budget);
        _images = new Image?[inner.Count];
        for (int i = 0; i < _locks.Length; i++)
            _locks[i] = new Lock();
    }

    /// <inheritdoc/>
    public int Count => _inner.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _inner.Classes;

    /// <summary>Bytes of pictures that this source keeps now; never above the budget.</summary>
    public long UsedBytes => Interlocked.Read(ref _used);

    /// <inheritdoc/>
    public IEnumerable<long> Marks => _inner.Marks;

    /// <inheritdoc/>
    public IReadOnlyList<int> Blocks => _inner.Blocks;

    /// <inheritdoc/>
    public string? Digest => _inner.Digest;

    /// <inheritdoc/>
    public string Name(int index) => _inner.Name(index);

    /// <inheritdoc/>
    public int Label(int index) => _inner.Label(index);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => Kept(index, request) ?? _inner.Load(index, request);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) => Kept(index, request) ?? _inner.Load(index, request, memory);

    /// <inheritdoc/>
    public void Announce(int index)
    {
        if (Volatile.Read(ref _images[index]) is null)
            _inner.Announce(index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.Clear(_images);
        _budget.Return(Interlocked.Exchange(ref _used, 0));
        _inner.Dispose();
    }

    /// <summary>The picture, from memory or for it; null where it is not to be kept. What is kept never lies in lent memory.</summary>
    private Image? Kept(int index, DecodeRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        if (request != _request)
            return null;
        if (Volatile.Read(ref _images[index]) is { } kept)
            return kept;
        // A full cache has no reason to make threads wait for each other.
        if (_isFull || _budget.UsedBytes + Overhead >= _budget.Bytes)
            return null;
        lock (_locks[index % _locks.Length])
        {
            if (_images[index] is { } made)
                return made;
            Image image = _inner.Load(index, request);
            if (Reserve(image.Bytes + Overhead * (1 + image.Partners.Count)))
                Volatile.Write(ref _images[index], image);
            else
                _isFull = true;     // the next ones are as large: decode them into lent memory
            return image;
        }
    }

    private bool Reserve(long bytes)
    {
        if (!_budget.TryTake(bytes))
            return false;
        Interlocked.Add(ref _used, bytes);
        return true;
    }
}
