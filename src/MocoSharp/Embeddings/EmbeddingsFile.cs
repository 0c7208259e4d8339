using System.Numerics.Tensors;

namespace MocoSharp.Embeddings;

/// <summary>A file of embeddings, a row a picture: what <c>moco embed</c> writes, and matrices of other programs.</summary>
/// <remarks>
/// <c>.npy</c> and <c>.safetensors</c> are read where they lie, so that memory holds the rows that are asked for; <c>.parquet</c> and
/// <c>.csv</c> are kept in memory. Each row is finite or absent: that is checked when the file is opened.
/// </remarks>
public sealed class EmbeddingsFile : IDisposable
{
    private readonly IEmbeddingRows _rows;
    private readonly bool[] _present;

    private EmbeddingsFile(string path, EmbeddingsContent content)
    {
        (Path, _rows, Names, Labels, Encoder, Layer) =
            (path, content.Rows, content.Texts.Names, content.Texts.Labels, content.Encoder, content.Layer);
        _present = [.. Enumerable.Range(0, _rows.Count).Select(row => content.Texts.Readable?[row] ?? true)];
        Check();
        PresentCount = _present.Count(static present => present);
        if (PresentCount == 0) throw EmbeddingErrors.Unreadable(path, $"none of its {Count:N0} rows has an embedding");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>N: rows, those without an embedding among them.</summary>
    public int Count => _rows.Count;

    /// <summary>D: numbers a row.</summary>
    public int Dimensions => _rows.Dimensions;

    /// <summary>[N]: what tells the rows apart, mostly the pictures' paths below their data set; null where the file has
    /// none.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>[N]: the pictures' classes, null for a row without one; null where no row has one.</summary>
    public IReadOnlyList<string?>? Labels { get; }

    /// <summary>How many rows have an embedding; the others' pictures could not be read.</summary>
    public int PresentCount { get; }

    /// <summary>SHA-256 of the file of the encoder that made them; null where the file does not tell.</summary>
    public string? Encoder { get; }

    /// <summary>Which of the encoder's numbers they are: backbone, a stage's name, projected; null where the file does not tell.</summary>
    public string? Layer { get; }

    /// <summary>Opens a file and looks at all of its rows.</summary>
    /// <param name="path">
    /// <c>.npy</c>: a matrix of float16, float32 or float64. <c>.safetensors</c>: one such matrix. Names and labels of both are in
    /// <c>FILE.names.csv</c>, where that is there. <c>.parquet</c>: a column of lists, and columns name and label. <c>.csv</c>: columns
    /// name and label, all others numbers.
    /// </param>
    /// <param name="column">The column of lists of a Parquet file that has several, or the layer of <c>embedding_LAYER</c>.</param>
    /// <exception cref="MocoException">MS5101: the file is damaged, is no matrix, or holds numbers that are infinite or not a number.
    /// MS5104: the extension is none of these.</exception>
    /// <exception cref="Torch.TorchException">MS1007: the safetensors file is damaged.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static EmbeddingsFile Open(string path, string? column = null)
    {
        CheckPlace(path);
        EmbeddingsContent content = EmbeddingFormats.Of(path) switch
        {
            EmbeddingFormat.Npy => Npy(path),
            EmbeddingFormat.Parquet => ParquetTable.Read(path, column),
            EmbeddingFormat.Csv => CsvEmbeddings.Read(path),
            _ => SafetensorsEmbeddings.Open(path),
        };
        try
        {
            return new EmbeddingsFile(path, content);
        }
        catch
        {
            content.Rows.Dispose();
            throw;
        }
    }

    /// <summary>Whether a row has an embedding.</summary>
    /// <param name="row">0 … <see cref="Count"/> − 1.</param>
    public bool IsPresent(int row) => _present[row];

    /// <summary>Reads rows that follow each other. A row without an embedding is all NaN. Safe to call from many threads at once.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="values">[n, <see cref="Dimensions"/>], row by row.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows, or the room is no whole number of them.</exception>
    public void Read(int first, Span<float> values)
    {
        int count = values.Length / Dimensions;
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, count * Dimensions, nameof(values));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, Count, nameof(first));
        _rows.Read(first, values);
        for (int i = 0; i < count; i++)
            if (!_present[first + i]) values.Slice(i * Dimensions, Dimensions).Fill(float.NaN);
    }

    /// <summary>Finds the rows that are most like some vectors: every row is compared by cosine, a part of the file in memory at a
    /// time.</summary>
    /// <param name="queries">[n, D]: vectors of <see cref="Dimensions"/> numbers, one after the other.</param>
    /// <param name="top">How many for each, 1 or more.</param>
    /// <param name="cancel">Stops between parts of the file.</param>
    /// <returns>[n]: for each query the nearest first, of equally near ones the earlier.</returns>
    public IReadOnlyList<RowHit>[] Nearest(float[] queries, int top, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(queries.Length % Dimensions, 0, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (queries.Length == 0) return [];
        return [.. EmbeddingSearch
            .Nearest(this, PresentRows.Unlabeled(queries, Dimensions), Math.Min(top, PresentCount), wanted: null, cancel)
            .Select(static hits => hits.Select(static hit => new RowHit(hit.Row, hit.Similarity)).ToArray())];
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _rows.Dispose();

    private static void CheckPlace(string path)
    {
        if (Directory.Exists(path))
            throw EmbeddingErrors.Unreadable(path, "it is a folder",
                "name the file of embeddings itself: moco embed RUN --data DIR -o FILE");
        if (!File.Exists(path)) throw new FileNotFoundException("there is no such file", path);
        _ = EmbeddingFormats.Of(path);
        // a pipe has no length either, and opening one may wait for ever
        if (new FileInfo(path).Length == 0)
            throw EmbeddingErrors.Unreadable(path, "it holds no embedding: it is empty, or a pipe",
                "write a row a picture with one number or more, into a file");
    }

    private static EmbeddingsContent Npy(string path)
    {
        BinaryRows rows = NpyFile.Open(path);
        try
        {
            return new EmbeddingsContent(rows, NamesFile.ReadBeside(path, rows.Count));
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private void Check()
    {
        if (Count == 0 || Dimensions == 0) throw EmbeddingErrors.Unreadable(Path, "it holds no embedding",
            "write a row a picture with one number or more");
        int most = EmbeddedTable.RowsAtOnce(Dimensions);
        float[] values = new float[Math.Min(most, Count) * Dimensions];
        for (int first = 0; first < Count; first += most)
        {
            int count = Math.Min(most, Count - first);
            Span<float> some = values.AsSpan(0, count * Dimensions);
            _rows.Read(first, some);
            if (TensorPrimitives.IsFiniteAll<float>(some)) continue;
            for (int i = 0; i < count; i++) CheckRow(first + i, some.Slice(i * Dimensions, Dimensions));
        }
    }

    private void CheckRow(int row, ReadOnlySpan<float> values)
    {
        if (!_present[row] || TensorPrimitives.IsFiniteAll(values)) return;
        if (TensorPrimitives.IsNaNAll(values))
        {
            _present[row] = false;
            return;
        }
        int at = 0;
        while (float.IsFinite(values[at])) at++;
        throw EmbeddingErrors.NotNumbers(Path,
            $"number {at:N0} of row {row:N0}{(Names is null ? "" : $" ({Names[row]})")} is "
            + (float.IsNaN(values[at]) ? "NaN" : "infinite"));
    }
}
