using MocoSharp.Auditing;
using MocoSharp.Embeddings;
using MocoSharp.Features;

namespace MocoSharp;

/// <summary>A data set that is audited.</summary>
/// <param name="Data">The pictures: a folder, or what else <c>--data</c> takes.</param>
/// <param name="Embeddings">Their file of embeddings, as <see cref="EmbeddingsFile.Open"/> takes it; null to do without.</param>
/// <param name="LabelFile">A CSV file with the columns file and label; null for labels by folders.</param>
/// <param name="Layer">Which layer of a Parquet file that holds several; null for the only one.</param>
public sealed record AuditedSet(string Data, string? Embeddings = null, string? LabelFile = null, FeatureSpace? Layer = null);

/// <summary>What an audit found, and what it did not look at.</summary>
/// <param name="Set">What was audited.</param>
/// <param name="Against">The other set; null for none.</param>
/// <param name="Pictures">Pictures of the set, unreadable ones included.</param>
/// <param name="AgainstPictures">Pictures of the other set, unreadable ones included; 0 without one.</param>
/// <param name="AgainstUnreadable">How many of those cannot be read; they were not compared.</param>
/// <param name="Findings">By kind in the order of <see cref="AuditKind"/>, the oddest of a kind first.</param>
/// <param name="Classes">The classes in label order; empty when nothing is labeled.</param>
/// <param name="Embedded">What the embeddings were good for; null without them.</param>
/// <param name="NotAudited">What was not looked at.</param>
/// <param name="Notes">What else is to be known of the folder, a sentence each.</param>
public sealed record AuditResult(
    AuditedSet Set, AuditedSet? Against, int Pictures, int AgainstPictures, int AgainstUnreadable, IReadOnlyList<AuditFinding> Findings,
    IReadOnlyList<AuditClass> Classes, AuditedEmbeddings? Embedded, IReadOnlyList<NotAudited> NotAudited, IReadOnlyList<string> Notes);

/// <summary>The embeddings of an audit.</summary>
/// <param name="Rows">Rows of the set's file.</param>
/// <param name="Absent">Rows without an embedding, of both sets.</param>
/// <param name="NotInData">Rows whose picture is not in the data set, or is that of an earlier row, of both sets.</param>
/// <param name="FirstNotInData">The first of the set's rows whose picture is not there, 5 at most.</param>
/// <param name="NotInFile">Pictures without a row, of both sets.</param>
/// <param name="Compared">Pairs that were compared by pixels.</param>
/// <param name="Neighbors">k of label suspects and outliers.</param>
/// <param name="Judged">Pictures whose label was held against those of their neighbors.</param>
/// <param name="Agreeing">Of these, pictures for which no other label has more of the neighbors than their own: with an encoder that knows
/// the classes nearly all.</param>
/// <param name="NotJudged">Labeled pictures of classes with too few pictures.</param>
public sealed record AuditedEmbeddings(
    int Rows, int Absent, int NotInData, IReadOnlyList<string> FirstNotInData, int NotInFile, int Compared, int Neighbors, int Judged,
    int Agreeing, int NotJudged);
