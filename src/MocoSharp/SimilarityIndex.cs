using System.Numerics.Tensors;
using Cloud.Unum.USearch;
using MocoSharp.Embeddings;

namespace MocoSharp;

/// <summary>As what an index holds numbers.</summary>
public enum IndexPrecision
{
    /// <summary>4 bytes each.</summary>
    Fp32,

    /// <summary>1 byte each, an int8: a quarter of the size, and a little less recall.</summary>
    I8,
}

/// <summary>A row that a search found.</summary>
/// <param name="Row">Its place in the file of embeddings, from 0.</param>
/// <param name="Similarity">The cosine with the query, −1 to 1, in fp32.</param>
public readonly record struct RowHit(int Row, float Similarity);

/// <summary>A graph over the rows of a file of embeddings: it finds nearly all of the nearest rows, and looks at few of them.</summary>
/// <remarks>
/// Hierarchical navigable small worlds (Malkov and Yashunin 2016, arXiv:1603.09320), by USearch. The graph chooses candidates, so many as
/// were found to be enough when it was built; they are compared in fp32 with the file's own rows. <see cref="EmbeddingIndex"/> builds it:
/// <c>FILE.usearch</c> beside <c>FILE</c>, and <c>FILE.usearch.rows</c>, which knows what row each entry is. The graph is mapped into
/// memory, not read.
/// </remarks>
public sealed class SimilarityIndex : IDisposable
{
    private const int CandidatesPerHit = 4;

    private readonly EmbeddingsFile _file;
    private readonly USearchIndex _graph;
    private readonly IndexRows _rows;
    private readonly int[] _rowOfKey;
    private readonly Lock _lock = new();

    private SimilarityIndex(EmbeddingsFile file, USearchIndex graph, IndexRows rows)
    {
        (_file, _graph, _rows) = (file, graph, rows);
        _rowOfKey = new int[rows.NextKey];
        _rowOfKey.AsSpan().Fill(-1);
        for (int row = 0; row < rows.Keys.Length; row++)
            if (rows.Keys[row] >= 0) _rowOfKey[rows.Keys[row]] = row;
    }

    /// <summary>The share of the ten truly nearest rows that it finds, 0 to 1, as measured when it was built or brought up to
    /// date.</summary>
    public double Recall => _rows.Recall;

    /// <summary>As what it holds numbers.</summary>
    public IndexPrecision Precision => _rows.Precision;

    /// <summary>Where the index of a file lies.</summary>
    /// <param name="embeddings">The file of embeddings.</param>
    public static string PathOf(string embeddings) => $"{embeddings}.usearch";

    internal static string RowsPathOf(string embeddings) => $"{PathOf(embeddings)}.rows";

    /// <summary>Opens the index that lies beside a file.</summary>
    /// <param name="file">The file; it must stay open as long as the index.</param>
    /// <returns>The index; null where there is none.</returns>
    /// <exception cref="MocoException">MS5150: the index is of other embeddings than the file has now, or is damaged.</exception>
    public static SimilarityIndex? Open(EmbeddingsFile file)
    {
        string graph = PathOf(file.Path);
        if (!File.Exists(graph)) return null;
        if (!File.Exists(RowsPathOf(file.Path))) throw Differs(file, $"{Path.GetFileName(RowsPathOf(file.Path))} is not there");
        IndexRows rows = IndexRows.Read(RowsPathOf(file.Path));
        if (rows.Encoder is { } own && file.Encoder is { } other && own != other)
            throw Differs(file, "it is of the embeddings of another encoder");
        if (rows.Marks.Length != file.Count) throw Differs(file, $"it is of {rows.Marks.Length:N0} rows, and the file has {file.Count:N0}");
        if (IndexRows.HashOf(graph) != rows.Graph) throw Differs(file, "it is damaged");
        return Open(file, graph, rows);
    }

    internal static SimilarityIndex Open(EmbeddingsFile file, string graph, IndexRows rows)
    {
        USearchIndex opened = new(graph, view: true);
        if (opened.Dimensions() == (ulong)file.Dimensions) return new SimilarityIndex(file, opened, rows);
        ulong dimensions = opened.Dimensions();
        opened.Dispose();
        throw Differs(file, $"it is of rows of {dimensions:N0} numbers, and the file's have {file.Dimensions:N0}");
    }

    /// <summary>Finds the rows most like a vector.</summary>
    /// <param name="query">[D].</param>
    /// <param name="top">How many, 1 or more.</param>
    /// <returns>The nearest first; fewer than asked for where the index holds fewer.</returns>
    /// <exception cref="MocoException">MS5150: the file's rows have changed since the index was built.</exception>
    public IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int top) => Search(query, top, _rows.Candidates);

    internal IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int top, int least)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, _file.Dimensions, nameof(query));
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        float[] asked = query.ToArray(), row = new float[_file.Dimensions];
        float length = TensorPrimitives.Norm(query);
        if (length == 0) return [];
        ulong[] keys;
        int candidates = (int)Math.Min((ulong)Math.Max(least, CandidatesPerHit * (long)top), _graph.Size());
        lock (_lock) _graph.Search(asked, candidates, out keys, out _);
        List<RowHit> hits = new(keys.Length);
        foreach (ulong key in keys)
        {
            int place = key < (ulong)_rowOfKey.Length ? _rowOfKey[key] : -1;
            if (place >= 0) _file.Read(place, row);
            if (place < 0 || IndexRows.MarkOf(row) != _rows.Marks[place]) throw Differs(_file, "it is of other rows than the file has now");
            hits.Add(new RowHit(place, TensorPrimitives.Dot<float>(asked, row) / (length * TensorPrimitives.Norm<float>(row))));
        }
        hits.Sort(static (a, b) => a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity) : a.Row.CompareTo(b.Row));
        return hits.Count > top ? hits[..top] : hits;
    }

    /// <summary>Closes the index, and not the file.</summary>
    public void Dispose() => _graph.Dispose();

    private static MocoException Differs(EmbeddingsFile file, string what) =>
        new(ErrorIds.IndexDiffers, $"the index does not belong to {Path.GetFileName(file.Path)}: {what}", at: PathOf(file.Path),
            fix: $"bring it up to date with moco index {CommandText.Quoted(file.Path)} (--rebuild where that is refused), or search "
            + "without it: --exact");
}
