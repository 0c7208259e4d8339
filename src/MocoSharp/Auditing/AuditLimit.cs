namespace MocoSharp.Auditing;

/// <summary>What a measured value is held against.</summary>
/// <param name="Value">The value.</param>
/// <param name="From">Where it comes from, for people.</param>
internal readonly record struct AuditLimit(double Value, string From)
{
    internal const string IsFixed = "fixed";

    private const double Normal = 1.4826;       // the deviation of a normal distribution by its median of absolute differences

    /// <summary>The lower one of a fixed value and a share of the set's median: what is ordinary for the set is not odd.</summary>
    internal static AuditLimit Below(double value, double share, double[] values)
    {
        double median = Median(values);
        return share * median < value
            ? new(share * median, $"{AuditKinds.Text(share)} of the set's median, {AuditKinds.Text(median)}") : new(value, IsFixed);
    }

    /// <summary>The higher one of a fixed value and what leaves to 255 a share of what the set's median leaves.</summary>
    internal static AuditLimit Above(double value, double share, double[] values)
    {
        double median = Median(values), own = 255 - share * (255 - median);
        return own > value ? new(own, $"the set's median is {AuditKinds.Text(median)}") : new(value, IsFixed);
    }

    /// <summary>So many robust deviations above the median.</summary>
    internal static AuditLimit Beyond(double spread, double[] values)
    {
        double median = Median(values), deviation = Normal * Median([.. values.Select(value => Math.Abs(value - median))]);
        return new(median + spread * deviation, $"the set's median, {AuditKinds.Text(median)}, and {AuditKinds.Text(spread)} robust "
            + $"deviations of {AuditKinds.Text(deviation)}");
    }

    /// <summary>A factor below and above the median, of values above 0: so many robust deviations of their logarithms, and no less than a
    /// factor that is never odd.</summary>
    internal static (AuditLimit Low, AuditLimit High) Around(double spread, double leastFactor, double[] values)
    {
        double median = Median(values), factor = Math.Max(leastFactor,
            Math.Exp(spread * Normal * Median([.. values.Select(value => Math.Abs(Math.Log(value / median)))])));
        return (new(median / factor, $"the set's median, {AuditKinds.Text(median)}, divided by {AuditKinds.Text(factor)}"),
            new(median * factor, $"the set's median, {AuditKinds.Text(median)}, times {AuditKinds.Text(factor)}"));
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    internal static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
