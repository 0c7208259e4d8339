namespace MocoSharp.Embeddings;

/// <summary>Kinds of files of embeddings.</summary>
internal enum EmbeddingFormat
{
    Npy,
    Parquet,
    Csv,
    Safetensors,
}

/// <summary>One file that is written.</summary>
/// <param name="Path">Its name in the end.</param>
/// <param name="Staged">Its name while it is being written, inside the unfinished folder.</param>
/// <param name="Write">Writes it under a name; null where the rows are it already.</param>
internal sealed record EmbeddingOutput(string Path, string Staged, Action<string, EmbeddedTable, CancellationToken>? Write);

/// <summary>Which files a format has.</summary>
internal static class EmbeddingFormats
{
    /// <summary>The format that a file's extension names.</summary>
    /// <exception cref="MocoException">MS5104: none has this extension.</exception>
    internal static EmbeddingFormat Of(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npy" => EmbeddingFormat.Npy,
        ".parquet" => EmbeddingFormat.Parquet,
        ".csv" => EmbeddingFormat.Csv,
        ".safetensors" => EmbeddingFormat.Safetensors,
        var other => throw new MocoException(ErrorIds.UnknownEmbeddings,
            other.Length == 0 ? "the file's name has no extension, which says what it holds"
                : $"files that end in '{other}' are none of embeddings",
            at: path, fix: "end the name in .npy, .parquet, .csv or .safetensors"),
    };

    /// <summary>The files of some layers: all layers in one Parquet file, else a file for each, with the layer's name before the extension
    /// where there are several.</summary>
    /// <param name="path">The name that was asked for.</param>
    /// <param name="layers">The layers.</param>
    internal static IReadOnlyList<EmbeddingOutput> Outputs(string path, IReadOnlyList<string> layers)
    {
        EmbeddingFormat format = Of(path);
        List<EmbeddingOutput> outputs = [];
        if (format == EmbeddingFormat.Parquet)
        {
            Add(path, ParquetEmbeddings.Write);
            return outputs;
        }
        for (int i = 0; i < layers.Count; i++)
        {
            int layer = i;
            string own = layers.Count == 1 ? path : Path.ChangeExtension(path, layers[i] + Path.GetExtension(path));
            if (format != EmbeddingFormat.Csv) Add(NamesFile.Of(own), static (staged, table, _) => NamesFile.Write(staged, table));
            if (format == EmbeddingFormat.Npy)
                outputs.Add(new EmbeddingOutput(own, PartialEmbeddings.RowsOf(path, layers[i]), Write: null));
            else if (format == EmbeddingFormat.Csv)
                Add(own, (staged, table, cancel) => CsvEmbeddings.Write(staged, table, layer, cancel));
            else
                Add(own, (staged, table, cancel) => SafetensorsEmbeddings.Write(staged, table, layer, cancel));
        }
        return outputs;

        void Add(string name, Action<string, EmbeddedTable, CancellationToken> write) =>
            outputs.Add(new EmbeddingOutput(name, PartialEmbeddings.StagedFor(path, name), write));
    }
}
