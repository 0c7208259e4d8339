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
internal sealed record IndexRows(
    ulong[] Marks, long[] Keys, long NextKey, string? Encoder, IndexPrecision Precision, ulong Graph, int Removed, double Recall)
{
    private const string MarksName = "marks", KeysName = "keys", FormatKey = "format", Format = "mocosharp index 1";

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
            ["recall"] = Recall.ToString("R", CultureInfo.InvariantCulture),
        };
        if (Encoder is not null) texts[EmbeddingOrigin.EncoderKey] = Encoder;
        Safetensors.Write(path, [
            (MarksName, Tensor.From(MemoryMarshal.Cast<ulong, long>(Marks), Marks.Length)), (KeysName, Tensor.From(Keys, Keys.Length)),
        ], texts);
    }

    /// <exception cref="MocoException">MS5150: it is no index's.</exception>
    /// <exception cref="TorchException">MS1007: the file is damaged.</exception>
    internal static IndexRows Read(string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        IReadOnlyDictionary<string, string> texts = file.Metadata;
        if (texts.GetValueOrDefault(FormatKey) != Format || !file.Names.Order().SequenceEqual([KeysName, MarksName]))
            throw new MocoException(ErrorIds.IndexDiffers, "it does not hold what an index knows of its rows", at: path,
                fix: "build the index anew: moco index FILE --rebuild");
        using TensorScope scope = TensorScope.Begin();
        return new IndexRows([.. MemoryMarshal.Cast<long, ulong>(file[MarksName].ToArray<long>())], file[KeysName].ToArray<long>(),
            long.Parse(texts["next_key"], CultureInfo.InvariantCulture), texts.GetValueOrDefault(EmbeddingOrigin.EncoderKey),
            Enum.Parse<IndexPrecision>(texts["precision"]),
            ulong.Parse(texts["graph"], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            int.Parse(texts["removed"], CultureInfo.InvariantCulture), double.Parse(texts["recall"], CultureInfo.InvariantCulture));
    }
}
