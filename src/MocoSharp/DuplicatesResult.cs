using MocoSharp.Embeddings;
using MocoSharp.Features;

namespace MocoSharp;

/// <summary>How duplicates are sought.</summary>
/// <param name="Threshold">Pairs whose cosine is as high or higher are compared by pixels, −1 to 1. Null chooses it on the data: pairs are
/// compared from the most alike down, until twice as many in a row as there are pictures, or 10,000, were not the same.</param>
/// <param name="Correlation">From so high a correlation of pixels on two pictures are the same, above 0 and up to 1.</param>
public sealed record DuplicateOptions(double? Threshold = null, double Correlation = Imaging.Comparison.Likeness.Same);

/// <summary>A data set and its file of embeddings.</summary>
/// <param name="Data">The pictures, as they were given to <c>moco embed --data</c>.</param>
/// <param name="Embeddings">The file, as <see cref="EmbeddingsFile.Open"/> takes it.</param>
/// <param name="Layer">Which layer of a Parquet file that holds several; null for the only one.</param>
public sealed record EmbeddedSet(string Data, string Embeddings, FeatureSpace? Layer = null);

/// <summary>Pictures that are the same, and how that was found.</summary>
/// <param name="Set">Where they were sought.</param>
/// <param name="Against">The other set; null where one set was searched.</param>
/// <param name="Groups">The largest first. With another set only those that have pictures of both.</param>
/// <param name="Pictures">Pictures that were read and compared.</param>
/// <param name="Threshold">The lowest cosine of a pair that was compared by pixels.</param>
/// <param name="IsChosen">Whether the threshold was chosen on the data.</param>
/// <param name="Correlation">From so high a correlation on pictures were the same.</param>
/// <param name="Compared">Pairs that were compared by pixels.</param>
/// <param name="Confirmed">Pairs that are the same, where each set's pictures of equal pixels count as one.</param>
/// <param name="Between">Confirmed pairs that are in no group: one of the two is not the same as all of the other's group.</param>
/// <param name="LowestSame">The lowest cosine of a compared pair that is the same; null where none is.</param>
/// <param name="Crowded">Pictures with more neighbors than were compared, which is <see cref="Neighbors"/>, above the threshold that was
/// asked for, or above <paramref name="LowestSame"/>: the others of them may be missed.</param>
/// <param name="Flat">Pictures of one gray, of which only equal pixels tell.</param>
/// <param name="Absent">Rows without an embedding: they were compared for equal pixels alone.</param>
/// <param name="NotInData">Rows whose picture is not in the data set, or is that of an earlier row.</param>
/// <param name="NotInFile">Pictures of the data set that have no row: they were not compared.</param>
/// <param name="Unreadable">Pictures that could not be read.</param>
public sealed record DuplicatesResult(
    EmbeddedSet Set, EmbeddedSet? Against, IReadOnlyList<DuplicateGroup> Groups, int Pictures, double Threshold, bool IsChosen,
    double Correlation, int Compared, int Confirmed, int Between, double? LowestSame, int Crowded, int Flat, int Absent, int NotInData,
    int NotInFile, IReadOnlyList<UnreadablePicture> Unreadable)
{
    /// <summary>Neighbors of a picture that are compared with it at most.</summary>
    public const int Neighbors = 32;
}

/// <summary>Pictures each of which is the same as every other.</summary>
/// <param name="Pictures">Two or more, in the order of their files.</param>
/// <param name="Pairs">What sets them apart: every pair of pictures whose pixels differ, and each of equal pixels once.</param>
public sealed record DuplicateGroup(IReadOnlyList<DuplicatePicture> Pictures, IReadOnlyList<DuplicatePair> Pairs);

/// <summary>A picture that there is more than once.</summary>
/// <param name="Name">Its name below its data set.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="Row">Its row in the file of embeddings.</param>
/// <param name="IsAgainst">Whether it is of the other set.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows of pixels.</param>
public sealed record DuplicatePicture(string Name, string? Label, int Row, bool IsAgainst, int Width, int Height);

/// <summary>Two pictures that are the same.</summary>
/// <param name="First">A place among the group's pictures, from 0.</param>
/// <param name="Second">A later place.</param>
/// <param name="Why">What was done to one of them: equal pixels; or re-encoded, resized, mirrored, brightness, cropped, some of them with
/// commas between.</param>
/// <param name="Similarity">The cosine of their embeddings; null where one of them has none.</param>
/// <param name="Correlation">Of their pixels, up to 1.</param>
public sealed record DuplicatePair(int First, int Second, string Why, double? Similarity, double Correlation);
