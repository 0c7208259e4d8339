using System.Runtime.InteropServices;

namespace MocoSharp.Cli.Interop;

/// <summary>The C library's calls that this program makes itself.</summary>
internal static partial class NativeMethods
{
    /// <summary>write(2). .NET's own streams take a reader that is gone for success.</summary>
    /// <returns>Bytes written; below 0 with the reason as the last error.</returns>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    /// <summary>EINTR: a signal came in between.</summary>
    internal const int Interrupted = 4;

    /// <summary>read(2), which no console's settings come near.</summary>
    /// <returns>Bytes read, 0 at the end; below 0 with the reason as the last error.</returns>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, Span<byte> bytes, nint count);

    /// <summary>kill(2): .NET's own can only end a process at once.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    internal static partial int Signal(int process, int signal);
}
