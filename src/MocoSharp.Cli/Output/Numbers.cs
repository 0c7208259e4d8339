using System.Globalization;

namespace MocoSharp.Cli.Output;

/// <summary>Numbers as people read them, the same in every country.</summary>
internal static class Numbers
{
    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Plural(long value, string one, string many) => $"{Count(value)} {(value == 1 ? one : many)}";

    /// <summary>Two decimals: 7.25.</summary>
    internal static string Fixed(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    /// <summary>Of a number that is percent already: 54.31%.</summary>
    internal static string Percent(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + "%";

    /// <summary>Of a share from 0 to 1, without decimals: 7%.</summary>
    internal static string Share(double value) => value.ToString("0%", CultureInfo.InvariantCulture);

    /// <summary>A method's own number with its name: losses with two decimals, all others, which are shares, in percent.</summary>
    internal static string Measure(string name, double value)
    {
        string words = name.Replace('_', ' ');
        return name.EndsWith("_loss", StringComparison.Ordinal) ? $"{words} {Fixed(value)}" : $"{words} {Percent(100 * value)}";
    }

    /// <summary>Whether a measure says how full a memory is, which is of no interest once it is full.</summary>
    internal static bool IsFill(string name) => name.EndsWith("_fill", StringComparison.Ordinal);

    /// <summary>Four significant digits: 0.05998.</summary>
    internal static string Rate(double value) => value.ToString("0.####e+0", CultureInfo.InvariantCulture) is var scientific && value is > 0
        and < 1e-4
        ? scientific : value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>0:42, 12:04, 3:07:15, 2d 4h.</summary>
    internal static string Time(TimeSpan time) => time.TotalDays >= 2 ? $"{(int)time.TotalDays}d {time.Hours}h"
        : time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
        : $"{time.Minutes}:{time.Seconds:00}";

    /// <summary>Bytes as GiB, MiB or KiB.</summary>
    internal static string Bytes(double bytes) => bytes >= 1L << 30
        ? $"{(bytes / (1L << 30)).ToString("0.0", CultureInfo.InvariantCulture)} GiB"
        : bytes >= 1 << 20 ? $"{(bytes / (1 << 20)).ToString("0", CultureInfo.InvariantCulture)} MiB"
        : $"{(bytes / 1024).ToString("0", CultureInfo.InvariantCulture)} KiB";
}
