using System.Buffers.Binary;
using System.IO.Compression;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Datasets;

/// <summary>A folder that is deleted with the test, and writers of small data sets.</summary>
internal sealed class TempFolder : IDisposable
{
    private static readonly byte[] s_png = ImageEncoder.Png(new Image(2, 2, 3));

    internal string Root { get; } = Directory.CreateTempSubdirectory("moco-").FullName;

    internal string this[string path] => Path.Join(Root, path);

    /// <summary>Writes a picture at each path.</summary>
    internal TempFolder Pictures(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            Write(path, s_png);
        return this;
    }

    internal string Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllBytes(this[path], content);
        return this[path];
    }

    internal string Write(string path, string content) => Write(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Pictures of 3 x 2 pixels whose sample k is 10 × picture + k.</summary>
    internal string IdxImages(string path, int count) => Packed(path,
        [.. Words(0x0803, count, 2, 3), .. Enumerable.Range(0, count * 6).Select(i => (byte)(10 * (i / 6) + i % 6))]);

    internal string IdxLabels(string path, params byte[] labels) => Packed(path, [.. Words(0x0801, labels.Length), .. labels]);

    /// <summary>CIFAR records; a picture's planes are 10, 20 and 30 plus its label.</summary>
    internal string Cifar(string path, int labelBytes, params byte[] labels) => Write(path, (byte[])[.. labels.SelectMany(label =>
        Enumerable.Repeat((byte)7, labelBytes - 1).Append(label)
            .Concat(new[] { 10, 20, 30 }.SelectMany(plane => Enumerable.Repeat((byte)(plane + label), 1024))))]);

    internal static byte[] Words(params int[] words)
    {
        byte[] bytes = new byte[4 * words.Length];
        for (int i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Packed(string path, byte[] content)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
            return Write(path, content);
        return Gzip(path, content);
    }

    internal string Gzip(string path, ReadOnlySpan<byte> content)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionLevel.Fastest))
            gzip.Write(content);
        return Write(path, memory.ToArray());
    }
}
