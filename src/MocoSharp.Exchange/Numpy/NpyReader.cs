using System.IO.Compression;
using MocoSharp.Exchange.Inspection;

namespace MocoSharp.Exchange.Numpy;

/// <summary>Looks through NumPy's files; numbers are summed up as they pass and not kept.</summary>
internal static class NpyReader
{
    private const int Part = 1 << 16;
    private const long DeflateRatio = 1032;     // the most that a byte of a deflated entry can become

    /// <summary>A <c>.npy</c>.</summary>
    internal static InspectedTensor File(string path)
    {
        using FileStream file = System.IO.File.OpenRead(path);
        return Explained(path, "", () => Array(Path.GetFileNameWithoutExtension(path), file, file.Length));
    }

    /// <summary>A <c>.npz</c>, compressed or not.</summary>
    internal static IReadOnlyList<InspectedTensor> Archive(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Select(entry => Explained(path, $"{entry.FullName}: ", () =>
        {
            if (entry.Length > DeflateRatio * entry.CompressedLength) throw new InvalidDataException($"it claims {entry.Length:N0} bytes");
            using Stream stream = entry.Open();
            return Array(entry.FullName[..^".npy".Length], stream, entry.Length);
        }))];
    }

    private static InspectedTensor Array(string name, Stream stream, long length)
    {
        NpyHead head = NpyHead.Read(stream, length);
        int bytes = NumberSums.BytesOf(head.Type);
        Int128 numbers = 1;
        foreach (long size in head.Shape) numbers = checked(numbers * size);
        if (numbers > long.MaxValue) throw new InvalidDataException($"its head tells of {numbers:N0} numbers");
        Int128 left = numbers * bytes;
        if (left > length) throw new InvalidDataException($"its head tells of {left:N0} bytes, and there are {length:N0}");
        if (bytes == 0) return new InspectedTensor(name, head.Type, head.Shape, null);
        NumberSums sums = new(head.Type);
        byte[] part = new byte[Part];
        while (left > 0)
        {
            int count = (int)Int128.Min(left, Part);
            stream.ReadExactly(part, 0, count);
            sums.Add(part.AsSpan(0, count));
            left -= count;
        }
        return new InspectedTensor(name, head.Type, head.Shape, sums.Result());
    }

    private static InspectedTensor Explained(string path, string what, Func<InspectedTensor> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or OverflowException or NotSupportedException)
        {
            throw TensorFiles.Damaged(path, $"{what}{error.Message}", error);
        }
    }
}
