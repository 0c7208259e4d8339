using System.Globalization;

namespace MocoSharp.Studio.Maps;

/// <summary>What points can be colored by.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Groups">Names of groups, the most frequent first; null for numbers.</param>
/// <param name="Counts">Pictures of each group; null for numbers.</param>
/// <param name="Least">The least number; null for groups.</param>
/// <param name="Most">The greatest number; null for groups.</param>
/// <param name="Codes">[N]: a group, or a number's place between least and most, 0 to 1,000; 65,535 for none.</param>
internal sealed record MapColumn(
    string Name, IReadOnlyList<string>? Groups, IReadOnlyList<int>? Counts, double? Least, double? Most, ushort[] Codes)
{
    internal const ushort None = ushort.MaxValue;

    private const int MostGroups = 1000, MostGroupsOfNumbers = 18, Steps = 1000;

    /// <summary>Of values; null where they are too many different ones to be told apart by colors.</summary>
    internal static MapColumn? Of(string name, IReadOnlyList<string?> values)
    {
        if (Numbers(values) is { } numbers) return OfNumbers(name, numbers);
        Dictionary<string, int> counts = [];
        foreach (string? value in values)
        {
            if (value is null) continue;
            counts[value] = counts.GetValueOrDefault(value) + 1;
            if (counts.Count > MostGroups) return null;
        }
        if (counts.Count == 0) return null;
        KeyValuePair<string, int>[] groups = [.. counts.OrderByDescending(static one => one.Value)
            .ThenBy(static one => one.Key, StringComparer.Ordinal)];
        Dictionary<string, ushort> places = groups.Index().ToDictionary(static one => one.Item.Key, static one => (ushort)one.Index);
        return new MapColumn(name, [.. groups.Select(static one => one.Key)], [.. groups.Select(static one => one.Value)], null, null,
            [.. values.Select(value => value is null ? None : places[value])]);
    }

    /// <summary>Of clusters, in the order of their numbers.</summary>
    internal static MapColumn? OfClusters(IReadOnlyList<int> clusters)
    {
        int count = clusters.Max() + 1;
        if (count is 0 or > MostGroups) return null;
        int[] counts = new int[count];
        foreach (int cluster in clusters)
            if (cluster >= 0) counts[cluster]++;
        return new MapColumn("cluster", [.. Enumerable.Range(0, count).Select(static one => one.ToString(CultureInfo.InvariantCulture))],
            counts, null, null, [.. clusters.Select(static cluster => cluster < 0 ? None : (ushort)cluster)]);
    }

    private static MapColumn OfNumbers(string name, double?[] numbers)
    {
        double least = numbers.Min()!.Value, most = numbers.Max()!.Value;
        return new MapColumn(name, null, null, least, most, [.. numbers.Select(number => number is { } value
            ? (ushort)Math.Round((value - least) / (most - least) * Steps) : None)]);
    }

    // null where some value is no number, or so few are different that each is a group
    private static double?[]? Numbers(IReadOnlyList<string?> values)
    {
        double?[] numbers = new double?[values.Count];
        HashSet<double> different = [];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (values[i] is not { } text) continue;
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
                return null;
            numbers[i] = number;
            if (different.Count <= MostGroupsOfNumbers) different.Add(number);
        }
        return different.Count > MostGroupsOfNumbers ? numbers : null;
    }
}
