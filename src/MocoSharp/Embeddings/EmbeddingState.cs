using System.Text.Json;

namespace MocoSharp.Embeddings;

/// <summary>A picture that could not be read.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Name">What its data set calls it.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record UnreadablePicture(int Row, string Name, string Reason);

/// <summary>What makes the numbers of a file: all of it must be the same for an unfinished file to go on.</summary>
/// <param name="Encoder">SHA-256 of the encoder's file.</param>
/// <param name="Data">Fingerprint of the pictures.</param>
/// <param name="Layers">Names of the layers.</param>
/// <param name="Precision">fp32 or bf16.</param>
/// <param name="Device">What computes.</param>
/// <param name="Threads">libtorch's threads, which choose the kernels.</param>
/// <param name="Program">The program's version.</param>
internal sealed record EmbeddingSource(
    string Encoder, string Data, IReadOnlyList<string> Layers, string Precision, string Device, int Threads, string Program)
{
    /// <summary>What differs from another source, in words; null where nothing does.</summary>
    internal string? Difference(EmbeddingSource then)
    {
        if (Encoder != then.Encoder) return "of another encoder";
        if (Data != then.Data) return "of other pictures";
        if (!Layers.SequenceEqual(then.Layers)) return $"of other layers ({string.Join(", ", then.Layers)})";
        if (Precision != then.Precision) return $"in {then.Precision}, not in {Precision}";
        if (Device != then.Device) return $"computed on {then.Device}, not on {Device}";
        if (Threads != then.Threads) return $"computed with {then.Threads} threads, not with {Threads}";
        return Program == then.Program ? null : $"of version {then.Program} of this program";
    }
}

/// <summary>How far an unfinished file is.</summary>
/// <param name="Source">What it is of.</param>
/// <param name="Dimensions">Each layer's; empty before the first batch.</param>
/// <param name="Rows">Rows that are on the disk.</param>
/// <param name="Unreadable">Those of them whose pictures could not be read.</param>
/// <param name="Scores">What near neighbors said of each layer; null before all rows are there.</param>
/// <param name="IsStaged">Whether all files are written and only have to get their names.</param>
internal sealed record EmbeddingState(
    EmbeddingSource Source, IReadOnlyList<int> Dimensions, int Rows, IReadOnlyList<UnreadablePicture> Unreadable,
    LayerScores? Scores = null, bool IsStaged = false)
{
    /// <summary>Null where the file is none.</summary>
    internal static EmbeddingState? Read(string path)
    {
        try
        {
            EmbeddingState? state = JsonSerializer.Deserialize<EmbeddingState>(File.ReadAllBytes(path));
            bool isWhole = state?.Source?.Layers is not null && state.Dimensions is not null && state.Unreadable is not null;
            return isWhole && state!.Rows >= 0 ? state : null;
        }
        catch (Exception error) when (error is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);
}
