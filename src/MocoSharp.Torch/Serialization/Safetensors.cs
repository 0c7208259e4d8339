using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MocoSharp.Torch.Serialization;

/// <summary>Named tensors in one file, in the format that the field exchanges weights in.</summary>
/// <remarks>8 bytes of little-endian length, a JSON head, then the tensors' bytes row by row without gaps. The first starts on a multiple
/// of 64 bytes. A file that this class writes carries a checksum of itself, which is verified when it is opened.</remarks>
public static class Safetensors
{
    internal const string MetadataName = "__metadata__";
    private const int Alignment = 64;

    /// <summary>Writes a file beside the path, forces it to the disk and renames it: a reader sees the old file or the whole new
    /// one.</summary>
    /// <remarks>Its name meanwhile ends in <c>.unfinished</c>; what a kill leaves behind is written over the next time.</remarks>
    /// <param name="path">Replaced when it exists; tensors that were read from the old file stay as they are.</param>
    /// <param name="tensors">Names and values; any layout, type and device.</param>
    /// <param name="metadata">Free texts for the head; <c>checksum</c> and <c>sha256</c> among them are this file's own.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or a name is <c>__metadata__</c>.</exception>
    public static void Write(string path,
        IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        (string Name, Tensor Value)[] items = [.. tensors];
        HashSet<string> names = [MetadataName];
        foreach ((string name, _) in items)
            if (!names.Add(name)) throw new ArgumentException($"the name '{name}' cannot be given to one more tensor", nameof(tensors));
        byte[] head = Head([.. items.Select(static item => (item.Name, item.Value.DType, item.Value.Shape))], metadata);
        WriteWhole(path, head, (file, hash) =>
        {
            foreach ((_, Tensor value) in items)
            {
                using TensorScope scope = TensorScope.Begin();
                using GradMode off = GradMode.Off();
                WriteBytes(file, hash, value.Detach().To(Device.Cpu).Contiguous());
            }
        });
    }

    /// <summary>Writes one tensor that comes in parts, so that memory need not hold it; otherwise as the other.</summary>
    /// <param name="path">Replaced when it exists.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="parts">Its little-endian bytes, row by row; each part is written before the next one is asked for.</param>
    /// <param name="metadata">Free texts for the head.</param>
    /// <exception cref="ArgumentException">The parts are not as long as the shape.</exception>
    public static void Write(string path, string name, DType type, IReadOnlyList<long> shape, IEnumerable<ReadOnlyMemory<byte>> parts,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        if (name == MetadataName) throw new ArgumentException($"the name '{name}' cannot be given to a tensor", nameof(name));
        WriteWhole(path, Head([(name, type, shape)], metadata), (file, hash) =>
        {
            long left = shape.Aggregate((long)type.Bytes(), static (product, size) => product * size);
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                WriteBytes(file, hash, part.Span);
                left -= part.Length;
            }
            if (left != 0) throw new ArgumentException($"the parts differ from the shape by {Math.Abs(left)} bytes", nameof(parts));
        });
    }

    private static void WriteWhole(string path, byte[] head, Action<FileStream, IncrementalHash> content)
    {
        string unfinished = path + ".unfinished";
        // fails while another process writes it
        FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
        try
        {
            using (file) WriteWhole(file, head, content);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Maps a file into memory; its tensors share the mapping and keep it alive.</summary>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="TorchException">Damaged: every size and offset is checked before anything is read, and the checksum where the file
    /// carries one.</exception>
    public static SafetensorsFile Open(string path) => new(path);

    private static void WriteWhole(FileStream file, byte[] head, Action<FileStream, IncrementalHash> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, head.Length);
        WriteBytes(file, hash, length);
        WriteBytes(file, hash, head);
        content(file, hash);
        file.Seek(length.Length + Seal.PlaceIn(head), SeekOrigin.Begin);
        file.Write(Encoding.ASCII.GetBytes(Seal.Hex(hash)));
        file.Flush(flushToDisk: true);
    }

    private static byte[] Head((string Name, DType Type, IReadOnlyList<long> Shape)[] items, IReadOnlyDictionary<string, string>? metadata)
    {
        long position = 0;
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            json.WriteString(Seal.KindName, Seal.Kind);
            json.WriteString(Seal.SumName, Seal.Zeros);
            foreach ((string key, string text) in metadata ?? new Dictionary<string, string>())
                if (!Seal.Owns(key)) json.WriteString(key, text);
            json.WriteEndObject();
            foreach ((string name, DType type, IReadOnlyList<long> shape) in items)
            {
                long end = position + shape.Aggregate((long)type.Bytes(), static (product, size) => checked(product * size));
                json.WriteStartObject(name);
                json.WriteString("dtype", type.ShortName());
                json.WriteStartArray("shape");
                foreach (long size in shape) json.WriteNumberValue(size);
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

    private static void WriteBytes(FileStream file, IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        file.Write(bytes);
    }

    private static unsafe void WriteBytes(FileStream file, IncrementalHash hash, Tensor tensor)
    {
        long left = tensor.ElementCount * tensor.DType.Bytes();
        byte* data = (byte*)tensor.DataPointer;
        while (left > 0)
        {
            int part = (int)Math.Min(left, 1 << 28);
            WriteBytes(file, hash, new ReadOnlySpan<byte>(data, part));
            data += part;
            left -= part;
        }
    }
}
