using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Several sources one after the other. Classes and labels are the first one's; pictures of the others have none. It owns all of
/// them.</summary>
public sealed class JoinedSource : IImageSource
{
    private readonly IImageSource[] _parts;
    private readonly int[] _starts;

    /// <summary>Joins sources.</summary>
    /// <param name="parts">One or more.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public JoinedSource(params ReadOnlySpan<IImageSource> parts)
    {
        if (parts.IsEmpty)
            throw new ArgumentException("There is no source to join.", nameof(parts));
        _parts = parts.ToArray();
        _starts = new int[_parts.Length];
        for (int i = 1; i < _parts.Length; i++)
            _starts[i] = checked(_starts[i - 1] + _parts[i - 1].Count);
        Count = checked(_starts[^1] + _parts[^1].Count);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes => _parts[0].Classes;

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes => [.. _parts.SelectMany(static part => part.Notes)];

    /// <inheritdoc/>
    public IEnumerable<long> Marks => _parts.SelectMany(static part => part.Marks);

    /// <inheritdoc/>
    public IReadOnlyList<int> Blocks => _parts.All(static part => part.Blocks.Count == 0) ? []
        : [.. _parts.SelectMany(static part => part.Blocks.Count > 0 ? part.Blocks : Enumerable.Repeat(1, part.Count))];

    /// <inheritdoc/>
    public string? Digest =>
        _parts.All(static part => part.Digest is not null) ? string.Join('\n', _parts.Select(static part => part.Digest)) : null;

    /// <inheritdoc/>
    public string Name(int index) => At(index, out int inner).Name(inner);

    /// <inheritdoc/>
    public int Label(int index) => At(index, out int inner) is var part && part == _parts[0] ? part.Label(inner) : -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => At(index, out int inner).Load(inner, request);

    /// <inheritdoc/>
    public void Announce(int index) => At(index, out int inner).Announce(inner);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IImageSource part in _parts)
            part.Dispose();
    }

    private IImageSource At(int index, out int inner)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int part = Array.BinarySearch(_starts, index);
        part = part < 0 ? ~part - 1 : part;
        inner = index - _starts[part];
        return _parts[part];
    }
}
