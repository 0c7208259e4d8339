using System.Text.Json;
using MocoSharp.Studio.Maps;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Finding;

/// <summary>What a command's JSON document said, as the studio keeps it.</summary>
internal static class KeptReport
{
    private const long Largest = 256 << 20;

    /// <summary>Opens one; null where it was not made yet.</summary>
    /// <exception cref="MocoException">MS5329: it is too large. MS5324: it is damaged.</exception>
    internal static T? Read<T>(string path, Func<JsonElement, T> read) where T : class
    {
        if (!File.Exists(path)) return null;
        if (new FileInfo(path).Length > Largest)
            throw new MocoException(StudioErrorIds.TooLarge, "the document is too large to be shown", at: path, fix: "look at it by other "
                + "means: the same command with --csv");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new MocoException(StudioErrorIds.BadRequest, $"the document cannot be read: {error.Message}", at: path,
                fix: "make it anew",
                inner: error);
        }
    }

    internal static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal static double? Number(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}

/// <summary>Groups of pictures that are the same.</summary>
/// <param name="IsMade">Whether they were looked for.</param>
/// <param name="Groups">The largest first.</param>
internal sealed record DuplicatesAnswer(bool IsMade, IReadOnlyList<SameGroup> Groups)
{
    internal static DuplicatesAnswer Read(Collection collection) => KeptReport.Read(collection.Run.Kept.Duplicates, root =>
        new DuplicatesAnswer(true, [.. root.GetProperty("groups").EnumerateArray().Select(group => SameGroup.Of(group, collection))]))
        ?? new DuplicatesAnswer(false, []);
}

/// <summary>Pictures that are the same.</summary>
/// <param name="Places">Their places on the map, −1 for one that is not on it.</param>
/// <param name="Names">Their names.</param>
/// <param name="IsLeak">Whether they are of several parts of the data set, as of train and val.</param>
/// <param name="Pairs">Why they are the same.</param>
internal sealed record SameGroup(int[] Places, string[] Names, bool IsLeak, IReadOnlyList<SamePair> Pairs)
{
    internal static SameGroup Of(JsonElement group, Collection collection)
    {
        string[] names = [.. group.GetProperty("pictures").EnumerateArray().Select(static one => one.GetProperty("name").GetString()!)];
        return new SameGroup([.. names.Select(collection.Find)], names, names.Select(MapColumns.PartOf).Distinct().Count() > 1,
            [.. group.GetProperty("pairs").EnumerateArray().Select(static pair => new SamePair(pair.GetProperty("first").GetInt32(),
                pair.GetProperty("second").GetInt32(), KeptReport.Text(pair, "why") ?? "", KeptReport.Number(pair, "similarity"),
                KeptReport.Number(pair, "correlation")))]);
    }
}

/// <summary>Two of them.</summary>
internal sealed record SamePair(int First, int Second, string Why, double? Similarity, double? Correlation);

/// <summary>What is odd about the pictures.</summary>
/// <param name="IsMade">Whether it was looked for.</param>
/// <param name="Findings">By kind.</param>
internal sealed record AuditAnswer(bool IsMade, IReadOnlyList<OddPicture> Findings)
{
    internal static AuditAnswer Read(Collection collection) => KeptReport.Read(collection.Run.Kept.Audit, root =>
        new AuditAnswer(true, [.. root.GetProperty("findings").EnumerateArray().Select(one => OddPicture.Of(one, collection))]))
        ?? new AuditAnswer(false, []);
}

/// <summary>One finding.</summary>
internal sealed record OddPicture(
    string Kind, int Place, string? Name, string? Label, double? Value, double? Limit, string? Note, int[] Others)
{
    internal static OddPicture Of(JsonElement one, Collection collection)
    {
        string? name = KeptReport.Text(one, "picture");
        return new OddPicture(one.GetProperty("kind").GetString()!, name is null ? -1 : collection.Find(name), name,
            KeptReport.Text(one, "label"), KeptReport.Number(one, "value"), KeptReport.Number(one, "limit"), KeptReport.Text(one, "note"),
            one.TryGetProperty("others", out JsonElement others) && others.ValueKind == JsonValueKind.Array
                ? [.. others.EnumerateArray().Select(other => collection.Find(KeptReport.Text(other, "name") ?? ""))] : []);
    }
}
