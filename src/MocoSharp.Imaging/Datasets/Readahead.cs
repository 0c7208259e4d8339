using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Asks the system to fetch parts of files before they are read: a disk serves many requests at once faster than one after the
/// other.</summary>
/// <remarks>A hint: where it cannot be given, reading says what is wrong. What is in the system's cache already costs a call.</remarks>
internal static partial class Readahead
{
    private const int WillNeed = 3;     // POSIX_FADV_WILLNEED

    /// <summary>Asks for a part of an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="at">Its first byte.</param>
    /// <param name="length">Bytes; 0 for all up to the end.</param>
    internal static void Ask(SafeFileHandle file, long at, long length)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(file, at, length, WillNeed);
    }

    /// <summary>Asks for a whole file.</summary>
    internal static void Ask(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            Ask(file, 0, 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // whoever loads it says so
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long at, long length, int advice);
}
