using SkiaSharp;

namespace MocoSharp.Charts;

/// <summary>Which color the points of a map have, and what the legend says.</summary>
/// <param name="Groups">Names in the legend's order, the most frequent first.</param>
/// <param name="Of">[N] a group of each point; −1 for none.</param>
internal sealed record MapColors(IReadOnlyList<string> Groups, IReadOnlyList<int> Of)
{
    // eighteen that eyes tell apart on white, light and dark in turn
    private static readonly uint[] s_palette =
    [
        0xFF3366CC, 0xFFDC3912, 0xFF109618, 0xFFFF9900, 0xFF990099, 0xFF0099C6, 0xFFDD4477, 0xFF66AA00, 0xFF8B4513, 0xFF316395,
        0xFF994499, 0xFF22AA99, 0xFFAAAA11, 0xFF6633CC, 0xFFE67300, 0xFF8B0707, 0xFF329262, 0xFF5574A6,
    ];

    /// <summary>Points of no group.</summary>
    internal static SKColor None { get; } = new(0xFF9AA0A6);

    internal static MapColors By(IReadOnlyList<string?> values)
    {
        string[] groups = [.. values.OfType<string>().GroupBy(static value => value).OrderByDescending(static group => group.Count())
            .ThenBy(static group => group.Key, StringComparer.Ordinal).Select(static group => group.Key)];
        Dictionary<string, int> numbers = groups.Index().ToDictionary(static one => one.Item, static one => one.Index);
        return new MapColors(groups, [.. values.Select(value => value is null ? -1 : numbers[value])]);
    }

    /// <summary>A group's color; they come again after eighteen.</summary>
    internal static SKColor Color(int group) => group < 0 ? None : new SKColor(s_palette[group % s_palette.Length]);
}
