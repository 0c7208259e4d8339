using MocoSharp.Auditing;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Looks for what is wrong with a data set before anything is trained. Nothing is changed.</summary>
/// <remarks>Each picture is decoded once. Memory is about 200 bytes a picture, and about 6 KB with embeddings.</remarks>
public static class PictureAudit
{
    private const int Named = 5;

    /// <summary>Audits a data set.</summary>
    /// <param name="set">The pictures. With embeddings near duplicates, label suspects and outliers are sought too.</param>
    /// <param name="against">Another set: what both have is a leak. Near leaks are sought where both have embeddings of one
    /// encoder.</param>
    /// <param name="options">Limits; null for those that suit photographs.</param>
    /// <param name="progress">Told what is next, and how many pictures are read.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MocoException">MS5101: a file of embeddings is damaged. MS5105: the two files are of different encoders. MS5106: a
    /// file's names are not those of its pictures.</exception>
    /// <exception cref="OptionException">A limit is out of range.</exception>
    /// <exception cref="Imaging.ImagingException">MS3021: there are no pictures. MS3024, MS3025: the label file is wrong. A data set cannot
    /// be opened.</exception>
    public static Task<AuditResult> RunAsync(
        AuditedSet set, AuditedSet? against = null, AuditOptions? options = null, IProgress<RunProgress>? progress = null,
        CancellationToken cancel = default) =>
        LibtorchThread.Run(() => Audit(set, against, (options ?? new AuditOptions()).Checked(), progress, cancel), cancel);

    private static AuditResult Audit(
        AuditedSet set, AuditedSet? against, AuditOptions options, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        using AuditedData own = AuditedData.Open(set);
        using AuditedData? other = against is null ? null : AuditedData.Open(against);
        AuditedPictures pictures = own.Read(progress, cancel);
        AuditedPictures? others = other?.Read(progress, cancel);
        IReadOnlyList<AuditClass> classes = ClassRules.Count(own.Source, pictures.Readable, own.IsTest);
        EmbeddedAudit? embedded = own.Set is null ? null : EmbeddedAudit.Of(own, other, options, progress, cancel);
        List<CopiedPair> pairs = [.. CopyRules.OfEqualPixels(pictures, null, own.IsTest)];
        if (others is not null) pairs.AddRange(CopyRules.OfEqualPixels(pictures, others, own.IsTest));
        if (embedded is not null) pairs.AddRange(embedded.NearPairs);
        AuditFinding[] findings =
        [
            .. pictures.Unreadable.Select(bad => new AuditFinding(AuditKind.Unreadable, bad.Name, own.Label(bad.Row), null, null, "",
                bad.Reason, [])),
            .. PixelRules.Of(pictures.Readable, options),
            .. CopyRules.Of(pairs),
            .. embedded?.Neighbors.Findings ?? [],
            .. ClassRules.Of(classes, options),
        ];
        return new AuditResult(set, against, own.Source.Count, other?.Source.Count ?? 0, others?.Unreadable.Count ?? 0,
            [.. findings.OrderBy(static one => one.Kind)], classes, embedded is null ? null : Counts(own, embedded),
            [.. NotLookedAt(own, other, embedded)], own.Notes);
    }

    private static AuditedEmbeddings Counts(AuditedData own, EmbeddedAudit embedded)
    {
        DuplicatesResult last = embedded.Across ?? embedded.Within;
        NeighborRules near = embedded.Neighbors;
        return new AuditedEmbeddings(own.Set!.File.Count, last.Absent, last.NotInData,
            [.. own.Set.File.Names!.Where(name => own.Set.Pictures.Find(name) < 0).Take(Named)], last.NotInFile,
            embedded.Within.Compared + (embedded.Across?.Compared ?? 0), Math.Max(0, near.Neighbors), near.Judged, near.Agreeing,
            near.NotJudged);
    }

    private static IEnumerable<NotAudited> NotLookedAt(AuditedData own, AuditedData? other, EmbeddedAudit? embedded)
    {
        string data = CommandText.Quoted(own.Asked.Data);
        if (embedded is null)
            yield return new NotAudited("near duplicates, label suspects and outliers need embeddings",
                [$"moco embed RUN --data {data} -o embeddings.parquet", $"moco audit {data} --in embeddings.parquet"]);
        else if (embedded.Neighbors.Neighbors < NeighborRules.LeastNeighbors)
            yield return new NotAudited($"label suspects and outliers need {NeighborRules.LeastNeighbors + 1} different pictures with "
                + "embeddings", []);
        else if (embedded.Neighbors.IsWeak)
            yield return new NotAudited("label suspects: near neighbors agree with "
                + $"{embedded.Neighbors.Agreeing:N0} of {embedded.Neighbors.Judged:N0} labels, too few to speak against one; embeddings of "
                + "a better encoder are needed", []);
        if (own.Data.Train.Classes.Count == 0)
            yield return new NotAudited(own.Source.Classes.Count == 0 ? "class counts and labels: nothing is labeled"
                : "class counts: of the pictures to learn from none is labeled", [$"moco audit {data} --label-file labels.csv"]);
        if (other is null && own.Data.Test is null)
            yield return new NotAudited("leaks: there are no pictures to test on", [$"moco audit {data} --against TEST-DIR"]);
        if (other is not null && embedded?.Across is null)
        {
            string against = CommandText.Quoted(other.Asked.Data);
            yield return new NotAudited("leaks that are not equal pixels need embeddings of both sets",
                [$"moco embed RUN --data {against} -o against.parquet",
                    $"moco audit {data} --in embeddings.parquet --against {against} --against-in against.parquet"]);
        }
    }
}
