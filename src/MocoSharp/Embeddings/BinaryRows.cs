using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MocoSharp.Torch;

namespace MocoSharp.Embeddings;

/// <summary>Rows of little-endian numbers in a file, read where they lie: memory holds those that are asked for.</summary>
/// <remarks>Reads by position in place of a memory mapping: as fast from the system's cache, and a file that another program cuts short is
/// an error, not the end of the process.</remarks>
internal sealed class BinaryRows : IEmbeddingRows
{
    private const int PartBytes = 1 << 20;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly long _offset;
    private readonly DType _type;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where the first number lies.</param>
    /// <param name="type">Float16, BFloat16, Float32 or Float64.</param>
    /// <param name="count">N.</param>
    /// <param name="dimensions">D.</param>
    internal BinaryRows(string path, long offset, DType type, int count, int dimensions)
    {
        (_path, _offset, _type, Count, Dimensions) = (path, offset, type, count, dimensions);
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <summary>Whether numbers of a type can be read.</summary>
    internal static bool CanRead(DType type) => type is DType.Float16 or DType.BFloat16 or DType.Float32 or DType.Float64;

    /// <inheritdoc/>
    public void Read(int first, Span<float> values)
    {
        long at = _offset + (long)first * Dimensions * _type.Bytes();
        if (_type == DType.Float32)
        {
            Fill(MemoryMarshal.AsBytes(values), at);
            return;
        }
        byte[] part = ArrayPool<byte>.Shared.Rent(PartBytes);
        for (int done = 0, most = PartBytes / _type.Bytes(); done < values.Length; done += most)
        {
            Span<float> some = values.Slice(done, Math.Min(most, values.Length - done));
            Span<byte> bytes = part.AsSpan(0, some.Length * _type.Bytes());
            Fill(bytes, at + (long)done * _type.Bytes());
            Convert(bytes, some);
        }
        ArrayPool<byte>.Shared.Return(part);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Convert(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        if (_type == DType.Float16) TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
        else if (_type == DType.Float64) TensorPrimitives.ConvertTruncating<double, float>(MemoryMarshal.Cast<byte, double>(bytes), values);
        else
        {
            ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
            for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
        }
    }

    private void Fill(Span<byte> bytes, long at)
    {
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_file, bytes, at);
            if (read == 0) throw EmbeddingErrors.Unreadable(_path, "the file has become shorter while it was read");
            bytes = bytes[read..];
            at += read;
        }
    }
}
