using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Some pictures of a source, in an order of their own: 1% of the labels, one class, every tenth picture.</summary>
/// <remarks>A view: disposing of it leaves the inner source open, since several views share one source.</remarks>
public sealed class SubsetSource : IImageSource
{
    private readonly IImageSource _inner;
    private readonly int[] _indices;

    /// <summary>Makes a view.</summary>
    /// <param name="inner">The source behind it.</param>
    /// <param name="indices">The pictures by their index in the source, 1 or more; repeats are allowed.</param>
    /// <exception cref="ArgumentException">There is no index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in the source.</exception>
    public SubsetSource(IImageSource inner, ReadOnlySpan<int> indices)
    {
        if (indices.IsEmpty)
            throw new ArgumentException("A source has one picture or more.", nameof(indices));
        foreach (int index in indices)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)inner.Count, nameof(indices));
        _inner = inner;
        _indices = indices.ToArray();
    }

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <summary>The inner source's classes, all of them, so that labels mean the same.</summary>
    public IReadOnlyList<string> Classes => _inner.Classes;

    /// <inheritdoc/>
    public IEnumerable<long> Marks => _inner.Marks;

    /// <inheritdoc/>
    public string Name(int index) => _inner.Name(_indices[index]);

    /// <inheritdoc/>
    public int Label(int index) => _inner.Label(_indices[index]);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => _inner.Load(_indices[index], request);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) => _inner.Load(_indices[index], request, memory);

    /// <inheritdoc/>
    public void Announce(int index) => _inner.Announce(_indices[index]);

    /// <inheritdoc/>
    public void Dispose()
    {
        // A view owns nothing.
    }
}

/// <summary>Views of sources.</summary>
public static class ImageSourceExtensions
{
    /// <inheritdoc cref="SubsetSource(IImageSource, ReadOnlySpan{int})"/>
    public static SubsetSource Take(this IImageSource source, params ReadOnlySpan<int> indices) => new(source, indices);
}
