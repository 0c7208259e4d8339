using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Codecs;

/// <summary>A whole file in a pooled buffer: one open, one read, nothing allocated but the handle.</summary>
internal readonly struct PooledFile : IDisposable
{
    /// <summary>The longest file that is read: 1 GiB. No picture within the pixel limit needs as much.</summary>
    private const long LongestFile = 1 << 30;

    private readonly byte[] _buffer;
    private readonly int _length;

    private PooledFile(byte[] buffer, int length) => (_buffer, _length) = (buffer, length);

    /// <summary>The file's content.</summary>
    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Reads a file; dispose of it to give the buffer back.</summary>
    /// <exception cref="BadImageException">It cannot be opened or read.</exception>
    internal static PooledFile Read(string path, string name)
    {
        byte[]? buffer = null;
        try
        {
            // Shared for writing too: otherwise each open takes and drops a lock.
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = RandomAccess.GetLength(handle);
            if (length > LongestFile)
                throw new BadImageException(ErrorIds.TooLarge, $"the file has {length:N0} bytes; at most {LongestFile:N0} are read", name,
                    "shrink the picture");
            buffer = ArrayPool<byte>.Shared.Rent((int)length);
            int filled = 0;
            while (filled < length && RandomAccess.Read(handle, buffer.AsSpan(filled, (int)length - filled), filled) is > 0 and int count)
                filled += count;
            return new PooledFile(buffer, filled);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
            throw new BadImageException(ErrorIds.UnreadableFile, error is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such file" : $"the file cannot be read: {error.Message}", name,
                "check that it exists and may be read", error);
        }
    }

    /// <summary>Reads a part of an open file; dispose of it to give the buffer back.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="at">The part's first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="name">What errors call the picture.</param>
    /// <exception cref="BadImageException">It is too long, ends earlier, or cannot be read.</exception>
    internal static PooledFile Read(SafeFileHandle handle, long at, long length, Func<string> name)
    {
        if (length > LongestFile)
            throw new BadImageException(ErrorIds.TooLarge, $"the picture has {length:N0} bytes; at most {LongestFile:N0} are read", name(),
                "shrink the picture");
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            for (int filled = 0; filled < length;)
            {
                int count = RandomAccess.Read(handle, buffer.AsSpan(filled, (int)length - filled), at + filled);
                filled += count > 0 ? count : throw new EndOfStreamException("the file has become shorter");
            }
            return new PooledFile(buffer, (int)length);
        }
        catch (IOException error)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw new BadImageException(ErrorIds.UnreadableFile, $"the file cannot be read: {error.Message}", name(),
                "look at the disk; copy the file again", error);
        }
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
