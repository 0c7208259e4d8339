using System.Runtime.InteropServices;

namespace MocoSharp.Cli.Interop;

/// <summary>The C library's calls that this program makes itself.</summary>
internal static partial class NativeMethods
{
    /// <summary>write(2). .NET's own streams take a reader that is gone for success.</summary>
    /// <returns>Bytes written; below 0 with the reason as the last error.</returns>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>kill(2): .NET's own can only end a process at once.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int process, int signal);
}
