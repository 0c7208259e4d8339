using System.Globalization;

namespace MocoSharp.Reports.Html;

/// <summary>From values to places along one side of a chart.</summary>
/// <param name="Low">The value at the beginning.</param>
/// <param name="High">The value at the end, above <paramref name="Low"/>.</param>
/// <param name="Begin">Where the axis begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsLog">Whether equal steps are equal factors.</param>
internal sealed record Axis(double Low, double High, double Begin, double End, bool IsLog = false)
{
    /// <summary>An axis with some room around the values.</summary>
    internal static Axis Of(IEnumerable<double> values, double begin, double end, double room = 0.06, bool fromZero = false,
        bool isLog = false)
    {
        double[] all = [.. values.Where(value => double.IsFinite(value) && (!isLog || value > 0))];
        if (isLog) return Decades(all.DefaultIfEmpty(1).Min(), all.DefaultIfEmpty(1).Max(), begin, end);
        double low = fromZero ? 0 : all.DefaultIfEmpty(0).Min(), high = all.DefaultIfEmpty(1).Max();
        double width = high > low ? high - low : high == 0 ? 1 : Math.Abs(high);
        return new Axis(fromZero ? 0 : low - room * width, high + room * width, begin, end);
    }

    /// <summary>Where a value lies.</summary>
    internal double Place(double value)
    {
        double share = IsLog ? Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
        return Begin + Math.Clamp(share, 0, 1) * (End - Begin);
    }

    /// <summary>Round values along it, about as many as asked for.</summary>
    internal IReadOnlyList<(double Value, string Words)> Ticks(int wanted, bool whole = false)
    {
        if (IsLog)
        {
            int first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9), last = (int)Math.Floor(Math.Log10(High) + 1e-9);
            int every = Math.Max(1, (last - first + wanted) / wanted);
            return [.. Enumerable.Range(first, last - first + 1).Where(power => (power - first) % every == 0)
                .Select(static power => (Math.Pow(10, power), power is >= -4 and <= 4 ? Words(Math.Pow(10, power), 4)
                : $"1e{power.ToString(CultureInfo.InvariantCulture)}"))];
        }
        double rough = (High - Low) / wanted, size = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = size * (rough / size) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
        if (whole) step = Math.Max(1, step);
        int digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        List<(double, string)> ticks = [];
        for (double at = Math.Ceiling(Low / step - 1e-9) * step; at <= High + 1e-9 * step; at += step) ticks.Add((at, Words(at, digits)));
        return ticks;
    }

    // adding 0 takes a zero's sign away
    private static string Words(double value, int digits) => Math.Abs(value) >= 10_000 ? value.ToString("N0", CultureInfo.InvariantCulture)
        : (Math.Round(value, Math.Min(digits, 12)) + 0.0).ToString("0.############", CultureInfo.InvariantCulture);

    private static Axis Decades(double low, double high, double begin, double end)
    {
        double from = Math.Pow(10, Math.Floor(Math.Log10(low))), to = Math.Pow(10, Math.Ceiling(Math.Log10(high)));
        return new Axis(from, to > from ? to : from * 10, begin, end, IsLog: true);
    }
}
