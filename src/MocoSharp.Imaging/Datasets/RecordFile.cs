using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets;

/// <summary>A file of fixed-size records that many threads read at once. A gzip file is unpacked into memory, since it cannot be read from
/// the middle, and no further than its own head claims: a few bytes can unpack to any number.</summary>
internal sealed class RecordFile : IDisposable
{
    private const int HeadLength = 16, Piece = 1 << 16;
    private readonly SafeFileHandle? _handle;
    private readonly ReadOnlyMemory<byte> _unpacked;

    private RecordFile(string path, SafeFileHandle? handle, ReadOnlyMemory<byte> unpacked, long length)
    {
        (Path, Length) = (path, length);
        (_handle, _unpacked) = (handle, unpacked);
    }

    /// <summary>Where the file is.</summary>
    internal string Path { get; }

    /// <summary>Unpacked length, bytes.</summary>
    internal long Length { get; }

    /// <summary>Opens a file as it is: its first bytes may be any.</summary>
    /// <exception cref="ImagingException">It cannot be opened.</exception>
    internal static RecordFile Open(string path) => OpenPacked(path, claimedLength: null);

    /// <summary>Opens a file; whether it is packed is told by its content.</summary>
    /// <param name="path">The file.</param>
    /// <param name="claimedLength">From the first bytes, 16 where there are as many, to the length that they claim. What is longer is cut
    /// one byte behind it; null for a file that is never packed.</param>
    /// <exception cref="ImagingException">It cannot be opened or unpacked.</exception>
    internal static RecordFile OpenPacked(string path, Func<byte[], long>? claimedLength)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            Span<byte> start = stackalloc byte[2];
            if (claimedLength is null || RandomAccess.Read(handle, start, 0) < 2 || start is not [0x1F, 0x8B])
                return new RecordFile(path, handle, default, RandomAccess.GetLength(handle));
            using FileStream packed = new(handle, FileAccess.Read);
            using GZipStream stream = new(packed, CompressionMode.Decompress);
            using MemoryStream memory = Unpacked(stream, claimedLength);
            return new RecordFile(path, null, memory.GetBuffer().AsMemory(0, (int)memory.Length), memory.Length);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            handle?.Dispose();
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the file cannot be read: {error.Message}", path,
                "copy it again, or make it readable", error);
        }
    }

    private static MemoryStream Unpacked(Stream stream, Func<byte[], long> claimedLength)
    {
        byte[] piece = new byte[Piece];
        MemoryStream memory = new();
        int head = stream.ReadAtLeast(piece.AsSpan(0, HeadLength), HeadLength, throwOnEndOfStream: false);
        memory.Write(piece, 0, head);
        long most = Math.Min(claimedLength(piece[..head]), long.MaxValue - 1) + 1;
        while (memory.Length < most && stream.Read(piece, 0, (int)Math.Min(Piece, most - memory.Length)) is > 0 and int count)
            memory.Write(piece, 0, count);
        return memory;
    }

    /// <summary>Fills a span from a place in the file.</summary>
    /// <exception cref="ImagingException">The file ends before that, or can no longer be read.</exception>
    internal void Read(long offset, Span<byte> to)
    {
        if (offset + to.Length > Length)
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the file ends at byte {Length:N0}", Path, "copy it again");
        if (_handle is null)
        {
            _unpacked.Span.Slice((int)offset, to.Length).CopyTo(to);
            return;
        }
        try
        {
            int filled = 0;
            while (filled < to.Length)
            {
                int count = RandomAccess.Read(_handle, to[filled..], offset + filled);
                filled += count > 0 ? count : throw new EndOfStreamException("it has become shorter");
            }
        }
        catch (IOException error)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the file cannot be read: {error.Message}", Path, "copy it again",
                error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();
}
