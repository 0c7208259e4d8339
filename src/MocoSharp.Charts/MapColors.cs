using System.Globalization;
using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>Which color the points of a map have, and what the legend says.</summary>
/// <param name="Groups">Names in the legend's order, the most frequent first; none where points are colored by a number.</param>
/// <param name="Of">[N] a group or a step of the scale of each point; −1 for none.</param>
/// <param name="Range">The least and the greatest number; null where points are in groups.</param>
internal sealed record MapColors(IReadOnlyList<string> Groups, IReadOnlyList<int> Of, (double Least, double Most)? Range = null)
{
    /// <summary>Steps of a scale of numbers.</summary>
    internal const int Steps = 64;

    private const int MostGroupsOfNumbers = 18;

    // the first ten are Tableau's, of Heer and Stone 2012, in an order that keeps like hues apart
    private static readonly uint[] s_palette =
    [
        0xFF1F77B4, 0xFFFF7F0E, 0xFF2CA02C, 0xFFD62728, 0xFF9467BD, 0xFF8C564B, 0xFFE377C2, 0xFF7F7F7F, 0xFFBCBD22, 0xFF17BECF,
        0xFF0B3C6F, 0xFF7A0019, 0xFF0F5B2E, 0xFFB8860B, 0xFF4B0082, 0xFFFF9896, 0xFF98DF8A, 0xFF9EDAE5,
    ];

    // equally bright steps from dark violet to yellow, as matplotlib's viridis runs
    private static readonly uint[] s_scale =
    [
        0xFF440154, 0xFF472D7B, 0xFF3B528B, 0xFF2C728E, 0xFF21918C, 0xFF28AE80, 0xFF5EC962, 0xFFADDC30, 0xFFFDE725,
    ];

    /// <summary>Points of no group.</summary>
    internal static SKColor None { get; } = new(0xFFC4C7CC);

    internal static MapColors By(IReadOnlyList<string?> values)
    {
        if (Numbers(values) is { } numbers) return OfNumbers(numbers);
        string[] groups = [.. values.OfType<string>().GroupBy(static value => value).OrderByDescending(static group => group.Count())
            .ThenBy(static group => group.Key, StringComparer.Ordinal).Select(static group => group.Key)];
        Dictionary<string, int> places = groups.Index().ToDictionary(static one => one.Item, static one => one.Index);
        return new MapColors(groups, [.. values.Select(value => value is null ? -1 : places[value])]);
    }

    /// <summary>The color of a group or a step; groups' come again after eighteen.</summary>
    internal SKColor Color(int group)
    {
        if (group < 0) return None;
        return Range is null ? new SKColor(s_palette[group % s_palette.Length]) : Between(group / (float)(Steps - 1));
    }

    private static SKColor Between(float share)
    {
        float at = share * (s_scale.Length - 1);
        int low = Math.Min((int)at, s_scale.Length - 2);
        SKColor from = new(s_scale[low]), to = new(s_scale[low + 1]);
        return new SKColor(Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));

        byte Mix(byte first, byte second) => (byte)MathF.Round(first + (at - low) * (second - first));
    }

    private static MapColors OfNumbers(double?[] numbers)
    {
        double least = numbers.Min()!.Value, most = numbers.Max()!.Value;
        return new MapColors([], [.. numbers.Select(number => number is { } value
            ? (int)Math.Round((value - least) / (most - least) * (Steps - 1)) : -1)], (least, most));
    }

    // null where some value is no number, or so few are different that each is a class
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
            different.Add(number);
        }
        return different.Count > MostGroupsOfNumbers ? numbers : null;
    }
}
