using System.Globalization;

namespace MocoSharp.Bench;

/// <summary>What the kernel says of this process's memory (Linux, proc(5)).</summary>
internal static class ProcessMemory
{
    /// <summary>The most that was resident at once, in bytes: since the last <see cref="ForgetPeak"/>, or since the process
    /// began.</summary>
    internal static long PeakBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    /// <summary>The peak becomes what is resident now.</summary>
    /// <returns>Whether the kernel let it: some containers keep the file read-only, and the peak stays that of the whole process.</returns>
    internal static bool ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Pages that the kernel had to supply without reading a disk, so far, for all threads.</summary>
    internal static long MinorFaults()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        // the name before it may hold spaces; its field is the third
        string[] fromState = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fromState[10 - 3], CultureInfo.InvariantCulture);
    }
}
