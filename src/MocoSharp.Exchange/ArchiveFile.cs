using System.IO.Compression;
using System.Runtime.InteropServices;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Exchange;

/// <summary>Files that are there whole or not at all, written part by part.</summary>
internal static class ArchiveFile
{
    /// <summary>Writes a zip archive.</summary>
    internal static void Write(string path, Action<ZipArchive> content) => WriteStream(path, file =>
    {
        using ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true);
        content(archive);
    });

    /// <summary>Writes a file beside the path, forces it to the disk and renames it.</summary>
    internal static void WriteStream(string path, Action<FileStream> content)
    {
        string fresh = path + AtomicFile.Unfinished;
        try
        {
            using (FileStream file = new(fresh, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                content(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(fresh, path, overwrite: true);
        }
        catch
        {
            File.Delete(fresh);
            throw;
        }
    }
}

/// <summary>A tensor's numbers as bytes.</summary>
internal static class TensorBytes
{
    /// <summary>Writes them row by row, little-endian.</summary>
    internal static void Write(Stream stream, Tensor tensor) => Use(tensor, stream.Write);

    /// <summary>Hands them out row by row, little-endian.</summary>
    internal static void Use(Tensor tensor, Action<ReadOnlySpan<byte>> user)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor plain = tensor.Detach().To(Device.Cpu).Contiguous();
        user(plain.DType.Bytes() switch
        {
            1 => plain.AsSpan<byte>(),
            2 => MemoryMarshal.AsBytes(plain.AsSpan<ushort>()),
            4 => MemoryMarshal.AsBytes(plain.AsSpan<uint>()),
            _ => MemoryMarshal.AsBytes(plain.AsSpan<ulong>()),
        });
    }
}
