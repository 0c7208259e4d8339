namespace MocoSharp.Embeddings;

/// <summary>What a format's reader finds in a file.</summary>
/// <param name="Rows">The numbers.</param>
/// <param name="Texts">Names, labels, and which pictures could be read.</param>
/// <param name="Encoder">SHA-256 of the encoder's file; null where the file does not tell.</param>
/// <param name="Layer">Which of the encoder's numbers they are; null where the file does not tell.</param>
internal sealed record EmbeddingsContent(IEmbeddingRows Rows, RowTexts Texts, string? Encoder = null, string? Layer = null);
