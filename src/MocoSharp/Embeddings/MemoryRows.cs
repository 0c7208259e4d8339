using System.Runtime.InteropServices;

namespace MocoSharp.Embeddings;

/// <summary>Rows that a format without fixed places gives one by one; they are kept in memory.</summary>
/// <param name="path">The file that they are of, for errors.</param>
/// <param name="nameOf">What an error calls a row.</param>
internal sealed class MemoryRows(string path, Func<int, string> nameOf) : IEmbeddingRows
{
    private const int ChunkFloats = 1 << 22;
    private readonly List<float[]> _chunks = [];
    private readonly List<float> _open = [];
    private int _perChunk;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>D; 0 before the first row that has an embedding.</summary>
    public int Dimensions { get; private set; }

    private readonly List<int> _emptyBefore = [];       // rows without an embedding, until D is known

    /// <summary>Adds a row.</summary>
    /// <param name="row">[D]; empty for a row without an embedding.</param>
    /// <exception cref="MocoException">It is longer or shorter than those before it.</exception>
    internal void Add(ReadOnlySpan<float> row)
    {
        if (Dimensions == 0 && row.Length > 0) Begin(row.Length);
        if (row.Length > 0 && row.Length != Dimensions)
            throw EmbeddingErrors.Unreadable(path,
                $"{nameOf(Count)} has {row.Length:N0} numbers, and those before it have {Dimensions:N0}",
                "write vectors of one encoder and one layer into a file");
        if (Dimensions == 0) _emptyBefore.Add(Count);
        else Append(row);
        Count++;
    }

    /// <inheritdoc/>
    public void Read(int first, Span<float> values)
    {
        int count = values.Length / Dimensions;
        for (int i = 0; i < count; i++)
        {
            (int chunk, int row) = Math.DivRem(first + i, _perChunk);
            ReadOnlySpan<float> from = chunk < _chunks.Count ? _chunks[chunk] : CollectionsMarshal.AsSpan(_open);
            from.Slice(row * Dimensions, Dimensions).CopyTo(values[(i * Dimensions)..]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // memory alone
    }

    private void Begin(int dimensions)
    {
        Dimensions = dimensions;
        _perChunk = Math.Max(1, ChunkFloats / dimensions);
        foreach (int _ in _emptyBefore) Append([]);
    }

    private void Append(ReadOnlySpan<float> row)
    {
        int start = _open.Count;
        CollectionsMarshal.SetCount(_open, start + Dimensions);
        Span<float> own = CollectionsMarshal.AsSpan(_open)[start..];
        if (row.IsEmpty) own.Fill(float.NaN);
        else row.CopyTo(own);
        if (_open.Count < _perChunk * Dimensions) return;
        _chunks.Add([.. _open]);
        _open.Clear();
    }
}
