using System.IO.MemoryMappedFiles;

namespace MocoSharp.Torch.Serialization;

/// <summary>An open safetensors file.</summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly string _path;
    private readonly SafetensorsHeader _header;
    private readonly Mapping _mapping;
    private bool _disposed;

    internal SafetensorsFile(string path)
    {
        _path = path;
        long length = new FileInfo(path).Length;
        if (length < 8) throw SafetensorsHeader.Damaged(path, $"it has {length} bytes");
        _mapping = new Mapping(path);
        try
        {
            _header = SafetensorsHeader.Read(new ReadOnlySpan<byte>(_mapping.Start, (int)Math.Min(length, int.MaxValue)), length, path);
            if (Seal.Broken(_mapping.Start, length, _header) is { } broken) throw SafetensorsHeader.Damaged(path, broken);
            Metadata = _header.Metadata.Where(static text => !Seal.Owns(text.Key)).ToDictionary();
        }
        catch
        {
            _mapping.Release();
            throw;
        }
    }

    /// <summary>The tensors' names in the file's order.</summary>
    public IEnumerable<string> Names => _header.Entries.Keys;

    /// <summary>The head's free texts, without those of the file's own checksum.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>One tensor that shares the file's pages. Writing to it changes only this process's copy of a page, never the
    /// file.</summary>
    /// <exception cref="TorchException">No tensor has this name.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed; tensors read before stay usable.</exception>
    public Tensor this[string name]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_header.Entries.TryGetValue(name, out SafetensorsEntry? entry))
                throw new TorchException(TorchErrorIds.Weights, $"the file has no tensor '{name}'", at: _path);
            _mapping.Retain();
            try
            {
                return Tensor.FromMemory((nint)(_mapping.Start + _header.DataStart + entry.Start), entry.Type, entry.Shape,
                    release: _mapping.Release);
            }
            catch
            {
                _mapping.Release();
                throw;
            }
        }
    }

    /// <summary>Where a tensor lies in the file, for those who read it without libtorch.</summary>
    /// <exception cref="TorchException">No tensor has this name.</exception>
    public SafetensorsPlace PlaceOf(string name) => _header.Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? new SafetensorsPlace(entry.Type, entry.Shape, _header.DataStart + entry.Start)
        : throw new TorchException(TorchErrorIds.Weights, $"the file has no tensor '{name}'", at: _path);

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> ReadAll() => Names.ToDictionary(static name => name, name => this[name]);

    /// <summary>Lets the mapping go when the last tensor on it is freed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _mapping.Release();
    }

    private sealed class Mapping
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;
        private int _users = 1;

        internal Mapping(string path)
        {
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = start;
        }

        internal byte* Start { get; }

        internal void Retain() => Interlocked.Increment(ref _users);

        internal void Release()
        {
            if (Interlocked.Decrement(ref _users) != 0) return;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}

/// <summary>Where a tensor lies in a safetensors file, row by row and little-endian.</summary>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Offset">Its first byte, counted from the start of the file.</param>
public sealed record SafetensorsPlace(DType Type, IReadOnlyList<long> Shape, long Offset);
