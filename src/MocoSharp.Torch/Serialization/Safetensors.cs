using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace MocoSharp.Torch.Serialization;

/// <summary>Named tensors in one file, in the format that the field exchanges weights in.</summary>
/// <remarks>8 bytes of little-endian length, a JSON head, then the tensors' bytes row by row without gaps. The first starts on a multiple of 64 bytes.</remarks>
public static class Safetensors
{
    private const int Alignment = 64;

    /// <summary>Writes a file and forces it to the disk.</summary>
    /// <param name="path">Overwritten when it exists.</param>
    /// <param name="tensors">Names and values; any layout, type and device.</param>
    /// <param name="metadata">Free texts for the head.</param>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        (string Name, Tensor Value)[] items = [.. tensors];
        byte[] head = Head(items, metadata);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, head.Length);
        file.Write(length);
        file.Write(head);
        foreach ((_, Tensor value) in items)
        {
            using TensorScope scope = TensorScope.Begin();
            using GradMode off = GradMode.Off();
            WriteBytes(file, value.Detach().To(Device.Cpu).Contiguous());
        }
        file.Flush(flushToDisk: true);
    }

    /// <summary>Maps a file into memory; its tensors share the mapping and keep it alive.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="TorchException">Damaged: every size and offset is checked before anything is read.</exception>
    public static SafetensorsFile Open(string path) => new(path);

    private static byte[] Head((string Name, Tensor Value)[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        long position = 0;
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string text) in metadata) json.WriteString(key, text);
                json.WriteEndObject();
            }
            foreach ((string name, Tensor value) in items)
            {
                long end = position + value.ElementCount * value.DType.Bytes();
                json.WriteStartObject(name);
                json.WriteString("dtype", value.DType.ShortName());
                json.WriteStartArray("shape");
                foreach (long size in value.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(position);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                position = end;
            }
            json.WriteEndObject();
        }
        while ((buffer.Length + 8) % Alignment != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static unsafe void WriteBytes(FileStream file, Tensor tensor)
    {
        long left = tensor.ElementCount * tensor.DType.Bytes();
        byte* data = (byte*)tensor.DataPointer;
        while (left > 0)
        {
            int part = (int)Math.Min(left, 1 << 28);
            file.Write(new ReadOnlySpan<byte>(data, part));
            data += part;
            left -= part;
        }
    }
}

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
        }
        catch
        {
            _mapping.Release();
            throw;
        }
    }

    /// <summary>The tensors' names in the file's order.</summary>
    public IEnumerable<string> Names => _header.Entries.Keys;

    /// <summary>The head's free texts.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>One tensor that shares the file's pages; read only.</summary>
    /// <exception cref="TorchException">No tensor has this name.</exception>
    public Tensor this[string name]
    {
        get
        {
            if (!_header.Entries.TryGetValue(name, out SafetensorsEntry? entry))
                throw new TorchException(TorchErrorIds.Weights, $"the file has no tensor '{name}'", at: _path);
            _mapping.Retain();
            return Tensor.FromMemory((nint)(_mapping.Start + _header.DataStart + entry.Start), entry.Type, entry.Shape, release: _mapping.Release);
        }
    }

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
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
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
