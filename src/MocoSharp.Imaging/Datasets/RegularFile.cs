using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Tells files from pipes, devices and sockets, whose reading may wait for ever or never end.</summary>
internal static partial class RegularFile
{
    private const int OfCurrentFolder = -100, FileType = 0xF000, Regular = 0x8000, TypeOnly = 1, ModeAt = 28, Length = 256;

    /// <summary>Whether a path leads to a file, links followed. True where it leads to nothing, or where the system cannot tell: reading it
    /// says what is wrong.</summary>
    internal static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        Span<byte> found = stackalloc byte[Length];
        return Stat(OfCurrentFolder, path, 0, TypeOnly, found) != 0
            || (MemoryMarshal.Read<ushort>(found[ModeAt..]) & FileType) == Regular;
    }

    // struct statx has the same layout on every processor
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> found);
}
