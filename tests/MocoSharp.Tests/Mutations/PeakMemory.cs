using System.Globalization;

namespace MocoSharp.Tests.Mutations;

/// <summary>The most memory that this process really had, native memory included, since it was last asked to forget (Linux).</summary>
internal static class PeakMemory
{
    /// <summary>Begins anew and says what is resident now, in bytes.</summary>
    internal static long Reset()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");        // proc(5): the peak becomes what is resident now
        return Read("VmRSS:");
    }

    /// <summary>The peak since <see cref="Reset"/>, in bytes.</summary>
    internal static long Bytes() => Read("VmHWM:");

    private static long Read(string field)
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
