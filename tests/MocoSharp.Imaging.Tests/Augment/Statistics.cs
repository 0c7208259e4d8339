namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>Kolmogorov and Smirnov's test: how far values are from an even distribution.</summary>
internal static class Statistics
{
    /// <summary>The largest distance between the values' distribution function and the even one's.</summary>
    public static double DistanceFromEven(IEnumerable<double> values, double low, double high)
    {
        double[] sorted = [.. values.Order()];
        double worst = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double even = (sorted[i] - low) / (high - low);
            worst = Math.Max(worst, Math.Max(Math.Abs(even - (double)i / sorted.Length), Math.Abs(even - (double)(i + 1) / sorted.Length)));
        }
        return worst;
    }

    /// <summary>What one in a thousand even samples of that size exceeds.</summary>
    public static double Limit(int count) => 1.95 / Math.Sqrt(count);
}
