using MocoSharp.Auditing;
using MocoSharp.Embeddings;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>The part of an audit that needs embeddings.</summary>
/// <param name="Within">Duplicates of the set.</param>
/// <param name="Across">What it shares with the other set; null where one of them has no embeddings.</param>
/// <param name="NearPairs">The same pictures whose pixels differ.</param>
/// <param name="Neighbors">Label suspects and outliers.</param>
internal sealed record EmbeddedAudit(
    DuplicatesResult Within, DuplicatesResult? Across, IReadOnlyList<CopiedPair> NearPairs, NeighborRules Neighbors)
{
    internal static EmbeddedAudit Of(
        AuditedData own, AuditedData? other, AuditOptions options, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        DuplicateOptions how = new();
        EmbeddedSet set = Embedded(own);
        DuplicatesResult within = Duplicates.Find(set, null, [own.Set!], how, progress, cancel);
        DuplicatesResult? across = other?.Set is { } second
            ? Duplicates.Find(set, Embedded(other), [own.Set!, second], how, progress, cancel) : null;
        progress.Doing("asking the neighbors");
        return new EmbeddedAudit(within, across,
            [
                .. within.Groups.SelectMany(group => Near(group, own)),
                .. (across?.Groups ?? []).SelectMany(group => Leaks(group, own, other!)),
            ],
            NeighborRules.Of(own.Set!.File, Rows(within, own), options, cancel));
    }

    private static EmbeddedSet Embedded(AuditedData data) => new(data.Asked.Data, data.Asked.Embeddings!, data.Asked.Layer);

    /// <summary>Each later picture of a group with the first one. Where the two have equal pixels, or the later one those of another later
    /// one, the pixels alone have told so.</summary>
    private static IEnumerable<CopiedPair> Near(DuplicateGroup group, AuditedData data) => group.Pairs
        .Where(static pair => pair.First == 0 && pair.Why != CopiedPair.Equal)
        .Select(pair => new CopiedPair(CopyOf(group.Pictures[0], data), CopyOf(group.Pictures[pair.Second], data), pair.Correlation,
            pair.Why));

    /// <summary>Each picture of the first set with the one of the other that is most like it, where no other has equal pixels.</summary>
    private static IEnumerable<CopiedPair> Leaks(DuplicateGroup group, AuditedData own, AuditedData other)
    {
        for (int member = 0; member < group.Pictures.Count; member++)
        {
            if (group.Pictures[member].IsAgainst) continue;
            // a copy is told of with the picture that it is equal to, and that one with the others
            int stands = group.Pairs.Where(pair => pair.Second == member && pair.Why == CopiedPair.Equal
                && !group.Pictures[pair.First].IsAgainst).Select(static pair => pair.First).DefaultIfEmpty(member).First();
            DuplicatePair[] across = [.. group.Pairs.Where(pair => pair.First == stands && group.Pictures[pair.Second].IsAgainst)];
            if (across.Length == 0 || Array.Exists(across, static pair => pair.Why == CopiedPair.Equal)) continue;
            DuplicatePair best = across.MaxBy(static pair => pair.Correlation)!;
            yield return new CopiedPair(CopyOf(group.Pictures[best.Second], other), CopyOf(group.Pictures[member], own), best.Correlation,
                best.Why);
        }
    }

    private static Copy CopyOf(DuplicatePicture picture, AuditedData data)
    {
        int place = data.Set!.Pictures.Find(picture.Name);
        return new Copy(picture.Name, data.Label(place), !picture.IsAgainst && data.IsTest(place), picture.IsAgainst);
    }

    /// <summary>The pictures of the file's rows: readable ones, and of those that are the same the first.</summary>
    private static NearPicture?[] Rows(DuplicatesResult within, AuditedData own)
    {
        NearPicture?[] rows = new NearPicture?[own.Set!.File.Count];
        HashSet<int> named = [];
        foreach ((int row, string name) in own.Set.File.Names!.Index())
            if (own.Set.Pictures.Find(name) is >= 0 and int place && named.Add(place)) rows[row] = new NearPicture(name, own.Label(place));
        foreach (UnreadablePicture bad in within.Unreadable) rows[bad.Row] = null;
        foreach (DuplicatePicture copy in within.Groups.SelectMany(static group => group.Pictures.Skip(1))) rows[copy.Row] = null;
        return rows;
    }
}
