using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Cli.Output;

/// <summary>What became of the three descriptors that a process is started with, where some were closed (<c>&gt;&amp;-</c>).</summary>
internal static class StandardStreams
{
    private const int Last = 2, WriteOnly = 1, ReadWrite = 2, AccessMode = 3, CloseOnExec = 0x80000;
    private static readonly List<SafeFileHandle> s_held = [];

    /// <summary>Takes the numbers of closed ones: the next file that is opened would get one, and what is meant for people would be written
    /// into it.</summary>
    internal static void KeepClosedOnesFree()
    {
        for (; ; )
        {
            SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read);
            s_held.Add(nothing);
            if (nothing.DangerousGetHandle() > Last) return;
        }
    }

    /// <summary>Whether a descriptor is one that the process was started with and that takes writing.</summary>
    /// <remarks>A number that was closed may be in use for a file of the runtime's own by now. Those are closed on exec; what was inherited
    /// through one never is.</remarks>
    internal static bool IsInherited(int descriptor)
    {
        string about = $"/proc/self/fdinfo/{descriptor}";
        if (!File.Exists(about)) return !Directory.Exists("/proc/self/fdinfo");
        string flags = File.ReadLines(about).First(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        int value = Convert.ToInt32(flags["flags:".Length..].Trim(), fromBase: 8);
        return (value & CloseOnExec) == 0 && (value & AccessMode) is WriteOnly or ReadWrite;
    }
}
