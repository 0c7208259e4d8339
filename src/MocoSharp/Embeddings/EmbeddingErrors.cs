namespace MocoSharp.Embeddings;

/// <summary>What can be wrong with a file of embeddings.</summary>
internal static class EmbeddingErrors
{
    private const string AnotherCopy = "take another copy of the file, or write it anew with the program that made it";

    internal static MocoException Unreadable(string path, string what, string? fix = null, Exception? inner = null) =>
        new(ErrorIds.EmbeddingsUnreadable, what, at: path, fix: fix ?? AnotherCopy, inner: inner);

    internal static MocoException NotNumbers(string path, string what) => Unreadable(path, what,
        "leave the row out, or mark its picture as unreadable: all of its numbers NaN (.npy, .safetensors), an empty list (.parquet), or "
        + "empty fields (.csv)");
}
