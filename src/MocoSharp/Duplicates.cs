using MocoSharp.Embeddings;
using MocoSharp.Imaging.Comparison;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Finds pictures that are the same: of equal pixels, or changed a little.</summary>
/// <remarks>
/// Equal pixels are found by a checksum of all samples. Others are neighbors by their embeddings whose pixels are then compared
/// (<see cref="PictureComparison"/>), so that a group holds what is the same picture and not what is alike. Memory is about 6 KB a picture.
/// </remarks>
public static class Duplicates
{
    /// <summary>Searches a data set, or for what two data sets share.</summary>
    /// <param name="set">The pictures and their embeddings.</param>
    /// <param name="against">Another set with embeddings of the same encoder: then only pictures of both sets make a group.</param>
    /// <param name="options">How; null for thresholds as they come.</param>
    /// <param name="progress">Told what is next.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MocoException">MS5101: a file is damaged. MS5105: the two files are of different encoders. MS5106: a file's names
    /// are not those of its pictures.</exception>
    /// <exception cref="OptionException">A threshold is out of range.</exception>
    /// <exception cref="Imaging.ImagingException">A data set cannot be opened.</exception>
    public static Task<DuplicatesResult> FindAsync(
        EmbeddedSet set, EmbeddedSet? against = null, DuplicateOptions? options = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Find(set, against, options ?? new DuplicateOptions(), progress, cancel), cancel);

    private static DuplicatesResult Find(
        EmbeddedSet set, EmbeddedSet? against, DuplicateOptions options, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        OptionException.Require(options.Threshold is null or (>= -1 and <= 1), "threshold", options.Threshold, "a number from -1 to 1");
        OptionException.Require(options.Correlation is > 0 and <= 1, "correlation", options.Correlation, "a number above 0 and up to 1");
        using OpenSet first = OpenSet.Open(set.Data, set.Embeddings, set.Layer?.Name);
        using OpenSet? second = against is null ? null : OpenSet.Open(against.Data, against.Embeddings, against.Layer?.Name);
        return Find(set, against, second is null ? [first] : [first, second], options, progress, cancel);
    }

    /// <summary>As <see cref="FindAsync"/>, in sets that are open.</summary>
    internal static DuplicatesResult Find(
        EmbeddedSet set, EmbeddedSet? against, OpenSet[] sets, DuplicateOptions options, IProgress<RunProgress>? progress,
        CancellationToken cancel)
    {
        if (sets is [OpenSet first, OpenSet second]) RequireSame(first.File, second.File);
        progress.Doing("reading the pictures");
        SketchedPictures pictures = SketchedPictures.Read(sets, cancel);
        progress.Doing("comparing embeddings");
        CandidatePairs candidates = CandidatePairs.Find(sets, pictures, DuplicatesResult.Neighbors, cancel);
        progress.Doing("comparing pixels");
        ConfirmedPairs confirmed = ConfirmedPairs.Of(pictures, candidates.Pairs, options.Threshold, options.Correlation, cancel);
        GroupedPictures groups = GroupedPictures.Of(pictures, confirmed, isAcross: sets.Length == 2);
        return new DuplicatesResult(set, against,
            [.. groups.Groups.Select(group => Group(group, sets, pictures, confirmed))], pictures.Count, confirmed.Lowest,
            options.Threshold is null, options.Correlation, confirmed.Compared, confirmed.Same, groups.Between,
            confirmed.LowestSame, candidates.CountCrowded(options.Threshold ?? confirmed.LowestSame ?? double.PositiveInfinity),
            pictures.CountFlat(), sets.Sum(static one => one.File.Count - one.File.PresentCount), pictures.NotInData, pictures.NotInFile,
            pictures.Unreadable);
    }

    private static void RequireSame(EmbeddingsFile file, EmbeddingsFile other)
    {
        bool same = file.Encoder is null || other.Encoder is null || file.Encoder == other.Encoder;
        if (same && file.Dimensions == other.Dimensions && (file.Layer is null || other.Layer is null || file.Layer == other.Layer)) return;
        throw new MocoException(ErrorIds.OtherEmbeddings, $"its embeddings are of another encoder or layer than those of {file.Path}",
            at: other.Path, fix: "make both files with one run: moco embed RUN --data DIR -o FILE");
    }

    private static DuplicateGroup Group(PictureGroup group, OpenSet[] sets, SketchedPictures pictures, ConfirmedPairs confirmed) => new(
        [.. group.Members.Select(member => Picture(pictures[member], sets))],
        [.. group.Pairs.Select(pair =>
        {
            SketchedPicture one = pictures[group.Members[pair.First]], other = pictures[group.Members[pair.Second]];
            Likeness likeness = confirmed.Between(group.Members[pair.First], group.Members[pair.Second]);
            return new DuplicatePair(pair.First, pair.Second, likeness.Why, Cosine.Of(sets[one.Set].File, one.Row, sets[other.Set].File,
                other.Row), likeness.Correlation);
        })]);

    private static DuplicatePicture Picture(SketchedPicture picture, OpenSet[] sets) => new(
        sets[picture.Set].File.Names![picture.Row], sets[picture.Set].File.Labels?[picture.Row], picture.Row, picture.Set == 1,
        picture.Sketch.Width, picture.Sketch.Height);
}
