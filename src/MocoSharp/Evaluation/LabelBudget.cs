using System.Globalization;

namespace MocoSharp.Evaluation;

/// <summary>How many labels a classifier may learn from.</summary>
public sealed record LabelBudget
{
    private const string PerClassEnd = "-per-class";
    private const int SmallDraw = 1000;

    private LabelBudget(int? count, double? share) => (ClassCount, ClassShare) = (count, share);

    /// <summary>All labels.</summary>
    public static LabelBudget All { get; } = new(null, 1);

    /// <summary>Labels a class; null where a share is given.</summary>
    public int? ClassCount { get; }

    /// <summary>Share of each class's labels, above 0 to 1; null where a count is given.</summary>
    public double? ClassShare { get; }

    /// <summary>So many labels a class.</summary>
    /// <param name="count">1 or more.</param>
    public static LabelBudget PerClass(int count)
    {
        OptionException.Require(count >= 1, "labels", count, "1 or more a class");
        return new(count, null);
    }

    /// <summary>A share of each class's labels.</summary>
    /// <param name="share">Above 0 to 1.</param>
    public static LabelBudget Share(double share)
    {
        OptionException.Require(share is > 0 and <= 1, "labels", share, "a share above 0 and up to 1");
        return new(null, share);
    }

    /// <summary>Reads <c>1%</c>, <c>10%</c>, <c>100%</c>, <c>5-per-class</c>; null for other texts.</summary>
    public static LabelBudget? TryParse(string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (text.EndsWith('%'))
            return double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, culture, out double percent)
                && percent is > 0 and <= 100 ? new(null, percent / 100) : null;
        return text.EndsWith(PerClassEnd, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(0, text.Length - PerClassEnd.Length), NumberStyles.None, culture, out int count) && count >= 1
            ? new(count, null) : null;
    }

    /// <summary>How often labels are drawn where nobody says: once for all, ten times for up to a thousand, five times between.</summary>
    /// <param name="labels">All that there are.</param>
    /// <param name="classes">Classes.</param>
    public int UsualDraws(int labels, int classes) => ClassShare == 1 ? 1
        : (ClassCount * classes ?? ClassShare!.Value * labels) <= SmallDraw ? 10 : 5;

    /// <summary>For names of files: <c>10pct</c>, <c>5-per-class</c>.</summary>
    public string FileName => ClassCount is null ? ToString().Replace("%", "pct", StringComparison.Ordinal) : ToString();

    /// <summary>What <see cref="TryParse"/> reads back.</summary>
    public override string ToString() => ClassCount is { } count ? $"{count.ToString(CultureInfo.InvariantCulture)}{PerClassEnd}"
        : $"{(100 * ClassShare!.Value).ToString("0.####", CultureInfo.InvariantCulture)}%";
}
