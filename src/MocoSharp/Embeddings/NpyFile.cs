using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MocoSharp.Torch;

namespace MocoSharp.Embeddings;

/// <summary>NumPy's <c>.npy</c>: a head that tells type and shape, then the numbers row by row.</summary>
/// <remarks>NumPy enhancement proposal 1, versions 1 to 3.</remarks>
internal static partial class NpyFile
{
    /// <summary>Length of the head that is written: the numbers start on a multiple of 64, as NumPy has it.</summary>
    internal const int HeadLength = 128;

    private const int FirstLength = 12;      // of what tells how long the head is, in version 2

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The head of a matrix of float32.</summary>
    internal static byte[] Head(int rows, int dimensions)
    {
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {dimensions}), }}");
        byte[] head = new byte[HeadLength];
        head.AsSpan().Fill((byte)' ');
        Magic.CopyTo(head);
        (head[6], head[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), HeadLength - 10);
        Encoding.ASCII.GetBytes(text, head.AsSpan(10));
        head[^1] = (byte)'\n';
        return head;
    }

    /// <summary>Opens a matrix of float16, float32 or float64.</summary>
    /// <exception cref="MocoException">MS5101: it is damaged, or is no such matrix.</exception>
    internal static BinaryRows Open(string path)
    {
        (string text, long offset, long length) = ReadHead(path);
        string type = Field(DescrPattern(), text, path), order = Field(OrderPattern(), text, path),
            shape = Field(ShapePattern(), text, path);
        DType number = TypeOf(type, path);
        if (order == "True")
            throw EmbeddingErrors.Unreadable(path, "the matrix is stored column by column (Fortran order)",
                Saved(path, "numpy.ascontiguousarray(numpy.load(f))"));
        long[] sizes = [.. shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : -1)];
        if (sizes is not [>= 1, >= 1])
            throw EmbeddingErrors.Unreadable(path, $"its shape is ({shape.Trim()}), and embeddings are a matrix: a row a picture",
                sizes.Length > 2 ? Saved(path, "(lambda a: a.reshape(len(a), -1))(numpy.load(f))")
                    : "write a matrix of the shape (pictures, numbers), with one row or more");
        Int128 wanted = (Int128)sizes[0] * sizes[1] * number.Bytes();
        if (length - offset != wanted)
            throw EmbeddingErrors.Unreadable(path, $"its head tells of {wanted:N0} bytes of numbers ({sizes[0]:N0} rows of {sizes[1]:N0}), "
                + $"and {length - offset:N0} are there: the file was cut short or damaged");
        if (sizes is not [<= int.MaxValue, <= int.MaxValue])
            throw EmbeddingErrors.Unreadable(path, $"it has {sizes[0]:N0} rows of {sizes[1]:N0}, and {int.MaxValue:N0} are read at most",
                "write it as several files");
        return new BinaryRows(path, offset, number, (int)sizes[0], (int)sizes[1]);
    }

    private static (string Text, long Offset, long Length) ReadHead(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] first = new byte[FirstLength];
        if (file.ReadAtLeast(first, FirstLength, throwOnEndOfStream: false) < FirstLength || !first.AsSpan().StartsWith(Magic)
            || first[6] is < 1 or > 3)
            throw EmbeddingErrors.Unreadable(path, "the file does not begin as a .npy file does");
        int start = first[6] == 1 ? 10 : FirstLength;
        long length = first[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(first.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(first.AsSpan(8));
        if (length > file.Length - start || length > 1 << 20)
            throw EmbeddingErrors.Unreadable(path, $"its head claims {length:N0} bytes, and the file has {file.Length:N0}");
        byte[] head = new byte[length];
        file.Position = start;
        file.ReadExactly(head);
        return (Encoding.UTF8.GetString(head), start + length, file.Length);
    }

    private static string Field(Regex pattern, string head, string path) => pattern.Match(head) is { Success: true } found
        ? found.Groups[1].Value : throw EmbeddingErrors.Unreadable(path, $"its head cannot be understood: {head.Trim()}");

    private static DType TypeOf(string type, string path) => type switch
    {
        "<f4" => DType.Float32,
        "<f2" => DType.Float16,
        "<f8" => DType.Float64,
        [.., 'f', '2' or '4' or '8'] => throw EmbeddingErrors.Unreadable(path, $"its numbers are big-endian ('{type}')",
            Saved(path, "numpy.load(f).astype('<f4')")),
        "|O" => throw EmbeddingErrors.Unreadable(path, "it holds Python objects, which are not numbers",
            "make one matrix of the rows where the file is written: numpy.save(f, numpy.stack(rows).astype('<f4'))"),
        _ => throw EmbeddingErrors.Unreadable(path, $"its numbers are of the type '{type}', and embeddings are float16, float32 or float64",
            Saved(path, "numpy.load(f).astype('<f4')")),
    };

    /// <summary>A line that writes the file anew.</summary>
    private static string Saved(string path, string array) =>
        $"write it anew in Python: import numpy; f = '{path}'; numpy.save(f, {array})";

    [GeneratedRegex("'descr':\\s*'([^']*)'")]
    private static partial Regex DescrPattern();

    [GeneratedRegex("'fortran_order':\\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex("'shape':\\s*\\(([0-9, ]*)\\)")]
    private static partial Regex ShapePattern();
}
