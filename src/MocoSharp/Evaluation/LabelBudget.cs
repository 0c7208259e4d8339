using System.Globalization;

namespace MocoSharp.Evaluation;

/// <summary>How many labels a classifier may learn from.</summary>
/// <param name="PerClass">Labels a class; null where a share is given.</param>
/// <param name="Share">Share of each class's labels, above 0 to 1.</param>
public sealed record LabelBudget(int? PerClass, double? Share)
{
    private const string PerClassEnd = "-per-class";
    private const int SmallDraw = 1000;

    /// <summary>All labels.</summary>
    public static LabelBudget All { get; } = new(null, 1);

    /// <summary>Reads <c>1%</c>, <c>10%</c>, <c>100%</c>, <c>5-per-class</c>; null for other texts.</summary>
    public static LabelBudget? TryParse(string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (text.EndsWith('%'))
            return double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, culture, out double percent) && percent is > 0 and <= 100 ? new(null, percent / 100) : null;
        return text.EndsWith(PerClassEnd, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - PerClassEnd.Length), NumberStyles.None, culture, out int count) && count >= 1 ? new(count, null) : null;
    }

    /// <summary>How often labels are drawn where nobody says: once for all, ten times for up to a thousand, five times between.</summary>
    /// <param name="labels">All that there are.</param>
    /// <param name="classes">Classes.</param>
    public int UsualDraws(int labels, int classes) => Share == 1 ? 1 : (PerClass * classes ?? Share!.Value * labels) <= SmallDraw ? 10 : 5;

    /// <summary>For names of files: <c>10pct</c>, <c>5-per-class</c>.</summary>
    public string FileName => PerClass is null ? ToString().Replace("%", "pct", StringComparison.Ordinal) : ToString();

    /// <summary>What <see cref="TryParse"/> reads back.</summary>
    public override string ToString() => PerClass is { } count ? $"{count.ToString(CultureInfo.InvariantCulture)}{PerClassEnd}"
        : $"{(100 * Share!.Value).ToString("0.####", CultureInfo.InvariantCulture)}%";
}
