using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Embeddings;

/// <summary>What an index knows of a file's rows: which of them it holds, and under which key.</summary>
/// <param name="Marks">[N]: a hash of each row's numbers.</param>
/// <param name="Keys">[N]: its key in the graph; −1 for a row that the graph does not hold.</param>
/// <param name="NextKey">The first key that was never given.</param>
/// <param name="Encoder">SHA-256 of the encoder's file; null where the embeddings do not tell.</param>
/// <param name="Precision">As what the graph holds numbers.</param>
/// <param name="Graph">A hash of the graph's file.</param>
/// <param name="Removed">Entries of the graph that no row has any more.</param>
/// <param name="Recall">The share of the true nearest that it finds, 0 to 1, as measured.</param>
/// <param name="Candidates">At how many entries of the graph a search looks at least.</param>
internal sealed record IndexRows(
    ulong[] Marks, long[] Keys, long NextKey, string? Encoder, IndexPrecision Precision, ulong Graph, int Removed, double Recall,
    int Candidates)
{
    private const string MarksName = "marks", KeysName = "keys", FormatKey = "format", Format = "mocosharp index 2";

    /// <summary>The mark of a row.</summary>
    internal static ulong MarkOf(ReadOnlySpan<float> row) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row));

    /// <summary>The hash of a graph's file.</summary>
    internal static ulong HashOf(string graph)
    {
        XxHash3 hash = new();
        using FileStream file = File.OpenRead(graph);
        hash.Append(file);
        return hash.GetCurrentHashAsUInt64();
    }

    internal void Write(string path)
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, string> texts = new()
        {
            [FormatKey] = Format,
            ["next_key"] = NextKey.ToString(CultureInfo.InvariantCulture),
            ["precision"] = Precision.ToString(),
            ["graph"] = Graph.ToString("x16", CultureInfo.InvariantCulture),
            ["removed"] = Removed.ToString(CultureInfo.InvariantCulture),
            ["candidates"] = Candidates.ToString(CultureInfo.InvariantCulture),
            ["recall"] = Recall.ToString("R", CultureInfo.InvariantCulture),
        };
        if (Encoder is not null) texts[EmbeddingOrigin.EncoderKey] = Encoder;
        Safetensors.Write(path, [
            (MarksName, Tensor.From(MemoryMarshal.Cast<ulong, long>(Marks), Marks.Length)), (KeysName, Tensor.From(Keys, Keys.Length)),
        ], texts);
    }

    /// <exception cref="MocoException">MS5150: it is no index's, or is damaged.</exception>
    internal static IndexRows Read(string path)
    {
        try
        {
            using SafetensorsFile file = Safetensors.Open(path);
            if (Read(file) is { IsSound: true } rows) return rows;
            throw Damaged(path);
        }
        catch (Exception error) when (error is TorchException or FormatException or OverflowException or ArgumentException)
        {
            throw Damaged(path, error);
        }
    }

    // Each key that was ever given is a row's or was removed, and of too many removed ones the index is built anew.
    private bool IsSound
    {
        get
        {
            long[] held = [.. Keys.Where(static key => key >= 0)];
            return Marks.Length == Keys.Length && Removed >= 0 && 3L * Removed <= NextKey && NextKey == held.Length + (long)Removed
                && held.All(key => key < NextKey) && held.Distinct().Count() == held.Length
                && Enum.IsDefined(Precision) && Recall is >= 0 and <= 1 && Candidates >= 1;
        }
    }

    private static IndexRows? Read(SafetensorsFile file)
    {
        string Text(string name) => file.Metadata.GetValueOrDefault(name) ?? throw new FormatException($"it does not tell '{name}'");
        if (Text(FormatKey) != Format || !file.Names.Order().SequenceEqual([KeysName, MarksName])) return null;
        using TensorScope scope = TensorScope.Begin();
        return new IndexRows([.. MemoryMarshal.Cast<long, ulong>(file[MarksName].ToArray<long>())], file[KeysName].ToArray<long>(),
            long.Parse(Text("next_key"), CultureInfo.InvariantCulture), file.Metadata.GetValueOrDefault(EmbeddingOrigin.EncoderKey),
            Enum.Parse<IndexPrecision>(Text("precision")),
            ulong.Parse(Text("graph"), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            int.Parse(Text("removed"), CultureInfo.InvariantCulture), double.Parse(Text("recall"), CultureInfo.InvariantCulture),
            int.Parse(Text("candidates"), CultureInfo.InvariantCulture));
    }

    private static MocoException Damaged(string path, Exception? error = null) =>
        new(ErrorIds.IndexDiffers, "it does not hold what an index knows of its rows"
            + (error is null ? "" : $": {error.Message}"), at: path,
            fix: $"build the index anew: moco index {CommandText.Quoted(path.Replace(".usearch.rows", "", StringComparison.Ordinal))} "
            + "--rebuild", inner: error);
}
