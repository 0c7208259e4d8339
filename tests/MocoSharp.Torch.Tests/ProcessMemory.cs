using System.Globalization;

namespace MocoSharp.Torch.Tests;

/// <summary>What the kernel says of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>Memory that is really there, in bytes (VmRSS).</summary>
    internal static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    /// <summary>Resident memory without the managed heap, which grows and shrinks as the collector likes.</summary>
    internal static long NativeBytes() => ResidentBytes() - GC.GetTotalMemory(forceFullCollection: false);

    /// <summary>Pages that the kernel had to supply without reading a disk, so far.</summary>
    internal static long MinorFaults()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        // the name may hold spaces; field 3 of proc(5) comes first
        string[] afterName = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(afterName[10 - 3], CultureInfo.InvariantCulture);
    }
}
