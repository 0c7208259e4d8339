using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>A packed file, opened: index and names are mapped into memory, pictures are read where they lie.</summary>
/// <remarks>Pictures are read and not mapped: a mapped page that cannot be read (a file cut short meanwhile, a bad disk) would end the
/// process, a read gives an error; and a process' resident memory stays the same however large the file is. From the system's cache both
/// cost one copy.
/// </remarks>
internal sealed unsafe class PackedFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly PackHeader _header;
    private readonly int[] _checked;        // one bit a picture: its checksum agreed
    private readonly byte* _tail;           // the index starts here
    private readonly Lazy<Thread?> _reader;
    private volatile bool _disposed;

    private PackedFile(string path, SafeFileHandle handle, in PackHeader header)
    {
        (Path, _handle, _header) = (path, handle, header);
        _map = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor((long)header.IndexAt, (long)(header.Length - header.IndexAt), MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _tail = start + _view.PointerOffset;
        _checked = new int[(Count + 31) / 32];
        _reader = new Lazy<Thread?>(StartReading);
    }

    internal string Path { get; }

    internal int Count => (int)_header.Count;

    /// <summary>Of the index, which has each picture's checksum in it.</summary>
    internal uint IndexChecksum => _header.TailChecksum;

    internal PackDescription Description { get; private set; } = null!;

    /// <summary>Whether a file starts as a packed file does.</summary>
    internal static bool Is(string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            Span<byte> start = stackalloc byte[sizeof(ulong)];
            return RandomAccess.Read(handle, start, 0) == start.Length && MemoryMarshal.Read<ulong>(start) == PackHeader.Name;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;       // whoever opens it next says so
        }
    }

    /// <summary>Opens a file and checks its header and index.</summary>
    /// <exception cref="ImagingException">MS3022: it cannot be read. MS3040: another version. MS3041: cut short. MS3042:
    /// damaged.</exception>
    internal static PackedFile Open(string path)
    {
        SafeFileHandle? handle = null;
        PackedFile? file = null;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            file = new PackedFile(path, handle, Header(path, handle));
            file.CheckTail();
            return file;
        }
        catch (Exception error)
        {
            file?.Dispose();
            handle?.Dispose();
            if (error is not (IOException or UnauthorizedAccessException))
                throw;
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the file cannot be read: {error.Message}", path,
                "make it readable, or copy it again", error);
        }
    }

    /// <summary>What the index says of a picture.</summary>
    internal PackEntry Entry(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return Unsafe.ReadUnaligned<PackEntry>(_tail + (long)index * PackEntry.Size);
    }

    /// <summary>A picture's path below the root of the folder that was packed.</summary>
    internal string Name(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        ulong start = index == 0 ? 0 : NameEnd(index - 1);
        return Encoding.UTF8.GetString(_tail + (_header.NamesAt - _header.IndexAt) + (long)Count * sizeof(ulong) + start,
            (int)(NameEnd(index) - start));
    }

    /// <summary>Has the system fetch a picture's bytes, and, the first time, all pictures where half of the free memory holds
    /// them.</summary>
    internal void Announce(int index)
    {
        _ = _reader.Value;
        PackEntry entry = Entry(index);
        Readahead.Ask(_handle, (long)entry.At, (long)entry.Length);
    }

    /// <summary>Reads a picture's bytes; when they are read for the first time, their checksum is compared.</summary>
    /// <param name="index">Which picture.</param>
    /// <param name="entry">What the index says of it.</param>
    /// <param name="to">Gets the bytes; as long as they are.</param>
    /// <exception cref="BadImageException">MS3042: they are damaged. MS3007: they cannot be read.</exception>
    internal void Read(int index, in PackEntry entry, Span<byte> to)
    {
        try
        {
            for (int filled = 0; filled < to.Length;)
            {
                int count = RandomAccess.Read(_handle, to[filled..], (long)entry.At + filled);
                filled += count > 0 ? count : throw new EndOfStreamException("the file has become shorter");
            }
        }
        catch (IOException error)
        {
            throw new BadImageException(ErrorIds.UnreadableFile, $"the packed file cannot be read: {error.Message}",
                $"{Path}: {Name(index)}", "look at the disk; copy the file again", error);
        }
        if ((Volatile.Read(ref _checked[index / 32]) >> (index % 32) & 1) != 0)
            return;
        uint found = Checksum.Of(to);
        if (found != entry.Checksum)
            throw new BadImageException(ErrorIds.PackChecksum,
                $"the picture is damaged: its checksum is {found:x8}, and the index says {entry.Checksum:x8}", $"{Path}: {Name(index)}",
                "copy the packed file again, or pack anew");
        Interlocked.Or(ref _checked[index / 32], 1 << (index % 32));
    }

    // in the file's order: a disk gives many times more of that than of single pictures
    private Thread? StartReading()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        if ((long)_header.IndexAt > (memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes) / 2)
            return null;
        Thread reader = new(FetchAll) { IsBackground = true, Name = "reading ahead", Priority = ThreadPriority.BelowNormal };
        reader.Start();
        return reader;
    }

    private void FetchAll()
    {
        const long Step = 4 << 20;
        for (long at = PackHeader.Size; at < (long)_header.IndexAt && !_disposed; at += Step)
            Readahead.Ask(_handle, at, Math.Min(Step, (long)_header.IndexAt - at));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        if (_reader.IsValueCreated)
            _reader.Value?.Join();
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _handle.Dispose();
    }

    private static PackHeader Header(string path, SafeFileHandle handle)
    {
        byte[] bytes = new byte[PackHeader.Size];
        int read = RandomAccess.Read(handle, bytes, 0);
        PackHeader header = MemoryMarshal.Read<PackHeader>(bytes);
        if (read < bytes.Length)
            throw new ImagingException(ErrorIds.PackLength, $"the packed file has {read} bytes, less than its header", path,
                "copy it again, or pack anew");
        if (header.Version != PackHeader.CurrentVersion)
            throw new ImagingException(ErrorIds.PackVersion,
                $"the packed file has version {header.Version}, and this program reads version {PackHeader.CurrentVersion}", path,
                "pack anew with this program, or use the one that packed it");
        if (header.OwnChecksum() != header.HeaderChecksum)
            throw new ImagingException(ErrorIds.PackChecksum,
                $"the header is damaged: its checksum is {header.OwnChecksum():x8}, and {header.HeaderChecksum:x8} is written in it", path,
                "copy the file again, or pack anew");
        long length = RandomAccess.GetLength(handle);
        if ((ulong)length != header.Length)
            throw new ImagingException(ErrorIds.PackLength,
                $"the packed file has {length:N0} bytes, and its header says {header.Length:N0}", path, "copy it again, or pack anew");
        bool fits = header.Count is >= 1 and <= int.MaxValue && header.IndexAt >= PackHeader.Size
            && header.NamesAt == header.IndexAt + header.Count * PackEntry.Size
            && header.DescriptionAt >= header.NamesAt + header.Count * sizeof(ulong) && header.Length >= header.DescriptionAt;
        return fits ? header : throw Damaged(path, "its sections do not fit into each other");
    }

    private static ImagingException Damaged(string path, string how) =>
        new(ErrorIds.PackChecksum, $"the packed file is damaged: {how}", path, "copy it again, or pack anew");

    private void CheckTail()
    {
        uint found = Checksum.OfLong(_tail, (long)(_header.Length - _header.IndexAt));
        if (found != _header.TailChecksum)
            throw new ImagingException(ErrorIds.PackChecksum,
                $"the index is damaged: its checksum is {found:x8}, and the header says {_header.TailChecksum:x8}", Path,
                "copy the file again, or pack anew");
        try
        {
            Description = PackDescription.Read(new ReadOnlySpan<byte>(_tail + (_header.DescriptionAt - _header.IndexAt),
                (int)(_header.Length - _header.DescriptionAt)));
        }
        catch (JsonException error)
        {
            throw new ImagingException(ErrorIds.PackVersion, $"the packed file's description cannot be understood: {error.Message}", Path,
                "pack anew with this program", error);
        }
        ulong most = _header.DescriptionAt - _header.NamesAt - _header.Count * sizeof(ulong), last = 0;
        for (int i = 0; i < Count; i++)
        {
            ulong end = NameEnd(i);
            if (end < last || end > most)
                throw Damaged(Path, $"the name of picture {i} lies outside");
            last = end;
        }
        if (Description.Splits.Count is not (1 or 2) || Description.Splits.Any(split => split.Count < 1)
            || Description.Splits.Sum(split => (long)split.Count) != Count)
            throw Damaged(Path, "its parts do not add up to its pictures");
    }

    private ulong NameEnd(int index) =>
        Unsafe.ReadUnaligned<ulong>(_tail + (_header.NamesAt - _header.IndexAt) + (long)index * sizeof(ulong));
}
