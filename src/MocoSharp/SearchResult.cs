using MocoSharp.Embeddings;

namespace MocoSharp;

/// <summary>What a search came to.</summary>
/// <param name="Embeddings">The file that was searched.</param>
/// <param name="Rows">Rows that were compared with each query.</param>
/// <param name="Absent">Rows without an embedding, which were passed over.</param>
/// <param name="Layer">Which of the encoder's numbers were compared.</param>
/// <param name="Encoder">SHA-256 of the encoder's file.</param>
/// <param name="IsChecked">Whether the file says which encoder made it; where it does not, it may be another one's.</param>
/// <param name="Queries">Those that could be read, in their order.</param>
/// <param name="Unreadable">Queries that could not be read; a row is a query's place.</param>
/// <param name="IndexRecall">The share of the ten truly nearest that the index finds, 0 to 1, as it was measured; null where every row was
/// compared.</param>
public sealed record SearchResult(
    string Embeddings, int Rows, int Absent, string Layer, string Encoder, bool IsChecked, IReadOnlyList<SearchedPicture> Queries,
    IReadOnlyList<UnreadablePicture> Unreadable, double? IndexRecall = null);

/// <summary>A query and what is most like it.</summary>
/// <param name="Query">The picture's path, as it was given.</param>
/// <param name="Hits">The most alike first.</param>
public sealed record SearchedPicture(string Query, IReadOnlyList<SearchHit> Hits);

/// <summary>A row that is like a query.</summary>
/// <param name="Row">Its place in the file, from 0.</param>
/// <param name="Name">Its name; null where the file has none.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="Similarity">The cosine with the query, −1 to 1.</param>
/// <param name="IsItself">Whether it is the query's own picture: of the same name, with a cosine within 10⁻³ of 1.</param>
public sealed record SearchHit(int Row, string? Name, string? Label, double Similarity, bool IsItself);
