using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Auditing;

/// <summary>A picture that may be one of several that are the same.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Label">Its class; null where it has none.</param>
/// <param name="IsTest">Whether it is one of the pictures to test on that the same data set holds.</param>
/// <param name="IsAgainst">Whether it is of the set that is compared with.</param>
internal sealed record Copy(string Name, string? Label, bool IsTest, bool IsAgainst = false);

/// <summary>Two pictures that are the same.</summary>
/// <param name="Earlier">The one that stays.</param>
/// <param name="Later">The other one; of the set that is audited.</param>
/// <param name="Correlation">Of their pixels.</param>
/// <param name="Why">What sets them apart.</param>
internal sealed record CopiedPair(Copy Earlier, Copy Later, double Correlation, string Why)
{
    internal bool IsEqual => Why == Equal;

    internal static string Equal { get; } = new Likeness(1, PictureChange.None).Why;
}

/// <summary>What pictures that are the same mean: duplicates, leaks, two labels for one picture.</summary>
internal static class CopyRules
{
    /// <summary>Pictures of equal pixels, each with the first of them.</summary>
    /// <param name="pictures">The set that is audited.</param>
    /// <param name="against">The other set; null for none: then pairs are within the first.</param>
    /// <param name="isTest">Whether a picture of the first is one to test on, by its place.</param>
    internal static IEnumerable<CopiedPair> OfEqualPixels(AuditedPictures pictures, AuditedPictures? against, Func<int, bool> isTest)
    {
        Dictionary<UInt128, Copy> firsts = [];
        foreach (AuditedPicture other in against?.Readable ?? [])
            firsts.TryAdd(other.Checksum, new Copy(other.Name, other.Label, IsTest: false, IsAgainst: true));
        foreach (AuditedPicture picture in pictures.Readable)
        {
            Copy own = new(picture.Name, picture.Label, isTest(picture.Index));
            if (firsts.TryGetValue(picture.Checksum, out Copy? first)) yield return new CopiedPair(first, own, 1, CopiedPair.Equal);
            else if (against is null) firsts.Add(picture.Checksum, own);
        }
    }

    /// <summary>All findings of pairs, by kind, in the order of the pairs.</summary>
    internal static IEnumerable<AuditFinding> Of(IReadOnlyList<CopiedPair> pairs) =>
    [
        .. pairs.Select(static pair => Found(KindOf(pair), pair)),
        .. pairs.Where(static pair => pair.Earlier.Label is { } one && pair.Later.Label is { } other && one != other)
            .Select(static pair => Found(AuditKind.LabelConflict, pair)),
    ];

    private static AuditKind KindOf(CopiedPair pair) => pair.Earlier.IsAgainst || pair.Earlier.IsTest != pair.Later.IsTest ? AuditKind.Leak
        : pair.IsEqual ? AuditKind.Duplicate : AuditKind.NearDuplicate;

    private static AuditFinding Found(AuditKind kind, CopiedPair pair) => new(kind, pair.Later.Name, pair.Later.Label, pair.Correlation,
        pair.IsEqual ? 1 : Likeness.Same, AuditLimit.IsFixed, pair.Why,
        [new(pair.Earlier.Name, pair.Earlier.Label, pair.Earlier.IsAgainst)]);
}
