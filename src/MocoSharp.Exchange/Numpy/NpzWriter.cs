using System.Globalization;
using System.IO.Compression;
using System.Text;
using MocoSharp.Torch;

namespace MocoSharp.Exchange.Numpy;

/// <summary>NumPy's <c>.npz</c>: a zip archive of arrays, not compressed.</summary>
internal static class NpzWriter
{
    private const int Alignment = 64, Before = 10;

    internal static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors) => ArchiveFile.Write(path, archive =>
    {
        foreach ((string name, Tensor value) in tensors)
        {
            using Stream entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression).Open();
            entry.Write(Head(value));
            TensorBytes.Write(entry, value);
        }
    });

    private static byte[] Head(Tensor value)
    {
        string sizes = string.Concat(value.Shape.Select(static size => size.ToString(CultureInfo.InvariantCulture) + ","));
        string text = $"{{'descr': '{TypeOf(value.DType)}', 'fortran_order': False, 'shape': ({sizes}), }}";
        int length = (Before + text.Length + 1 + Alignment - 1) / Alignment * Alignment - Before;
        byte[] padded = Encoding.ASCII.GetBytes(text.PadRight(length - 1) + '\n');
        return [.. NpyHead.Magic, 1, 0, (byte)length, (byte)(length >> 8), .. padded];
    }

    private static string TypeOf(DType type) => type switch
    {
        DType.Float16 => "<f2",
        DType.Float32 => "<f4",
        DType.Float64 => "<f8",
        DType.Int64 => "<i8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no encoder has such numbers"),
    };
}
