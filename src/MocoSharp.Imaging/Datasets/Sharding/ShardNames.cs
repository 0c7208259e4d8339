using System.Globalization;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>Lists of shards as people write them: <c>train-{000000..000009}.tar</c>, <c>{a,b}-{0..3}.tar</c>.</summary>
internal static class ShardNames
{
    /// <summary>The ending of a shard's name.</summary>
    internal const string Extension = ".tar";

    private const int Most = 10_000_000;

    /// <summary>Whether a path names several shards in braces.</summary>
    internal static bool IsList(string path) => path.Contains('{', StringComparison.Ordinal) && IsShard(path);

    /// <summary>Whether a name ends as a shard's does.</summary>
    internal static bool IsShard(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>All names that a list stands for, in its order.</summary>
    /// <exception cref="ImagingException">MS5300: braces do not match or hold no range and no words, a name appears twice, or there are
    /// too many.</exception>
    internal static IReadOnlyList<string> Expand(string list)
    {
        List<string> names = [""];
        int at = 0;
        while (at < list.Length)
        {
            int open = list.IndexOf('{', at), end = open < 0 ? list.Length : open;
            Extend(names, [list[at..end]], list);
            if (open < 0)
                break;
            int close = list.IndexOf('}', open);
            if (close < 0 || list.IndexOf('{', open + 1, close - open - 1) >= 0)
                throw Bad(list, "its braces do not match", "write each range in braces of its own: {000000..000009}");
            Extend(names, Words(list[(open + 1)..close], list), list);
            at = close + 1;
        }
        return names.Distinct(StringComparer.Ordinal).Count() == names.Count ? names
            : throw Bad(list, "it names a shard twice", "name each shard once");
    }

    private static IReadOnlyList<string> Words(string inside, string list)
    {
        if (inside.Split("..") is [var first, var last])
        {
            if (!TryNumber(first, out int low) || !TryNumber(last, out int high) || high < low)
                throw Bad(list, $"{{{inside}}} is no range", "write two whole numbers, the lower one first: {000000..000009}");
            if (high - low >= Most)
                throw TooMany(list);
            int digits = first.StartsWith('0') || last.StartsWith('0') ? Math.Max(first.Length, last.Length) : 1;
            return [.. Enumerable.Range(low, high - low + 1)
                .Select(number => number.ToString($"D{digits}", CultureInfo.InvariantCulture))];
        }
        return inside.Split(',') is { Length: > 1 } words ? words
            : throw Bad(list, $"{{{inside}}} is no range and no list of words", "write {000000..000009} or {a,b}");
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static void Extend(List<string> names, IReadOnlyList<string> words, string list)
    {
        if ((long)names.Count * words.Count > Most)
            throw TooMany(list);
        string[] longer = [.. names.SelectMany(name => words.Select(word => name + word))];
        names.Clear();
        names.AddRange(longer);
    }

    private static ImagingException TooMany(string list) =>
        Bad(list, $"it stands for more than {Most:N0} shards", "give the folder that holds them and their index");

    private static ImagingException Bad(string list, string what, string fix) => new(ErrorIds.ShardList, what, list, fix);
}
