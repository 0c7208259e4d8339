using System.Buffers.Binary;
using System.IO.Compression;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class ClassMaskTests : IDisposable
{
    private const int Width = 5, Height = 3;
    private static readonly int[] s_numbers = [0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1];
    private readonly string _path = Path.GetTempFileName();

    [Theory]
    [InlineData(3, 1, MaskKind.Entry), InlineData(3, 2, MaskKind.Entry), InlineData(3, 4, MaskKind.Entry), InlineData(3, 8, MaskKind.Entry)]
    [InlineData(0, 1, MaskKind.Gray), InlineData(0, 2, MaskKind.Gray), InlineData(0, 4, MaskKind.Gray), InlineData(0, 8, MaskKind.Gray)]
    [InlineData(0, 16, MaskKind.Gray), InlineData(4, 8, MaskKind.Gray), InlineData(4, 16, MaskKind.Gray)]
    public void Numbers_are_those_that_are_stored(byte colorType, byte depth, MaskKind kind)
    {
        int[] numbers = [.. s_numbers.Select(number => number * ((1 << depth) - 1))];
        if (depth == 8) numbers[3] = 77;
        Write(colorType, depth, numbers);
        ClassMask mask = ClassMask.Load(_path);
        Assert.Equal((Width, Height, kind), (mask.Width, mask.Height, mask.Kind));
        Assert.Equal(numbers, mask.Values);
        Assert.Equal(kind == MaskKind.Entry ? 1 << depth : 0, mask.Palette.Count);
        if (kind == MaskKind.Entry) Assert.Equal(new Rgb(1, 251, 7), mask.ColorOf(1));
    }

    [Fact]
    public void Interlaced_files_are_read_too()
    {
        int[] numbers = [.. s_numbers.Select(static (number, i) => number + i)];
        Write(3, 8, numbers, inPasses: true);
        Assert.Equal(numbers, ClassMask.Load(_path).Values);
        foreach (byte depth in new byte[] { 1, 2, 4 })
        {
            // leaves ones in the memory that the next file is decoded into
            Write(0, 8, [.. s_numbers.Select(static _ => 255)], inPasses: false);
            _ = ClassMask.Load(_path);
            int[] small = [.. numbers.Select(number => number % (1 << depth))];
            Write(3, depth, small, inPasses: true);
            Assert.Equal(small, ClassMask.Load(_path).Values);
        }
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        int refused = 0;
        foreach ((byte colorType, byte depth) in new (byte, byte)[] { (3, 1), (3, 8), (0, 4), (0, 16), (4, 8), (2, 8) })
        {
            if (colorType == 2) File.WriteAllBytes(_path, ImageEncoder.Png(new Image(Width, Height, 3)));
            else Write(colorType, depth, s_numbers);
            byte[] whole = File.ReadAllBytes(_path);
            for (int at = 0; at < whole.Length; at++)
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= (byte)(1 << at % 8);
                if (at % 2 == 0) PngChunks.RepairChecksums(damaged);
                File.WriteAllBytes(_path, at % 5 == 4 ? damaged[..at] : damaged);
                try
                {
                    _ = ClassMask.Load(_path);
                }
                catch (BadImageException)
                {
                    refused++;
                }
            }
        }
        Assert.InRange(refused, 100, 1000);
    }

    [Fact]
    public void Colors_are_numbers_too_and_tell_their_color()
    {
        Image picture = new(2, 1, 3);
        ((byte[])[17, 141, 215, 225, 227, 155]).CopyTo(picture.Samples, 0);
        File.WriteAllBytes(_path, ImageEncoder.Png(picture));
        ClassMask mask = ClassMask.Load(_path);
        Assert.Equal(MaskKind.Color, mask.Kind);
        Assert.Equal([0x118DD7, 0xE1E39B], mask.Values);
        Assert.Equal(new Rgb(225, 227, 155), mask.ColorOf(mask.Values[1]));
    }

    [Fact]
    public void A_palette_png_has_its_numbers_as_a_mask_and_its_colors_as_a_picture()
    {
        Rgb[] palette = [new(0, 0, 0), new(200, 10, 20), new(5, 6, 7)];
        Image entries = new(3, 2, 1);
        ((byte[])[0, 1, 2, 2, 1, 0]).CopyTo(entries.Samples, 0);
        File.WriteAllBytes(_path, ImageEncoder.PalettePng(entries, palette));
        ClassMask mask = ClassMask.Load(_path);
        Assert.Equal(entries.Samples.Select(static number => (int)number), mask.Values);
        Assert.Equal(palette, mask.Palette);
        Assert.Equal(entries.Samples.SelectMany(number => new[] { palette[number].Red, palette[number].Green, palette[number].Blue }),
            ImageDecoder.Load(_path).Samples);
    }

    [Fact]
    public void A_number_without_a_color_is_not_written()
    {
        Image entries = new(2, 1, 1);
        (entries.Samples[0], entries.Samples[1]) = (0, 2);
        ImagingException error = Assert.Throws<ImagingException>(() => ImageEncoder.PalettePng(entries, [default, default]));
        Assert.Equal(ErrorIds.CannotEncode, error.Id);
        Assert.Contains("2 colors does not fit a picture of 1 channels whose greatest number is 2", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Other_formats_and_broken_files_are_refused()
    {
        File.WriteAllBytes(_path, ImageEncoder.Jpeg(new Image(4, 4, 3)));
        BadImageException jpeg = Assert.Throws<BadImageException>(() => ClassMask.Load(_path, "a.png"));
        Assert.Equal((ErrorIds.UnknownFormat, "a.png"), (jpeg.Id, jpeg.At));
        Write(3, 4, s_numbers);
        File.WriteAllBytes(_path, File.ReadAllBytes(_path)[..60]);
        Assert.Throws<BadImageException>(() => ClassMask.Load(_path));
    }

    public void Dispose() => File.Delete(_path);

    // a palette of all numbers of the depth; samples behind the first of a pixel are alpha
    private void Write(byte colorType, byte depth, int[] numbers, bool inPasses = false)
    {
        using MemoryStream file = new();
        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = (depth, colorType, (byte)(inPasses ? 1 : 0));
        Chunk(file, "IHDR"u8, header);
        if (colorType == 3) Chunk(file, "PLTE"u8, [.. Enumerable.Range(0, 1 << depth).SelectMany(static i =>
            new[] { (byte)i, (byte)(250 + i), (byte)(7 * i) })]);
        using MemoryStream packed = new();
        using (ZLibStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
            foreach (int[] row in inPasses ? Passes(numbers) : numbers.Chunk(Width))
                zip.Write([0, .. Packed(row, depth, alpha: colorType == 4)]);
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
        byte[] bytes = file.ToArray();
        PngChunks.RepairChecksums(bytes);
        File.WriteAllBytes(_path, bytes);
    }

    // the rows of PNG's seven passes: where each begins, and how far apart its pixels are
    private static IEnumerable<int[]> Passes(int[] numbers) =>
        from pass in new[] { (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2) }
        from y in Enumerable.Range(0, Height).Where(y => y >= pass.Item2 && (y - pass.Item2) % pass.Item4 == 0)
        let row = numbers.Skip(y * Width).Take(Width).Where((_, x) => x >= pass.Item1 && (x - pass.Item1) % pass.Item3 == 0).ToArray()
        where row.Length > 0
        select row;

    private static byte[] Packed(int[] row, int depth, bool alpha)
    {
        if (depth == 16) return [.. row.SelectMany(number =>
            new[] { (byte)(number >> 8), (byte)number, (byte)9, (byte)9 }.Take(alpha ? 4 : 2))];
        if (depth == 8) return [.. row.SelectMany(number => new[] { (byte)number, (byte)9 }.Take(alpha ? 2 : 1))];
        byte[] packed = new byte[(row.Length * depth + 7) / 8];
        foreach ((int i, int number) in row.Index()) packed[i * depth / 8] |= (byte)(number << (8 - depth - i * depth % 8));
        return packed;
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        file.Write(length);
        file.Write(kind);
        file.Write(data);
        file.Write([0, 0, 0, 0]);
    }
}
