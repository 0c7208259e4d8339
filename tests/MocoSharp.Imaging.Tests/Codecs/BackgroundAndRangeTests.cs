using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Tests.Datasets;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>What transparent pixels lie on, and which samples become black and white.</summary>
public sealed class BackgroundAndRangeTests : IDisposable
{
    private static readonly Rgb s_white = new(255, 255, 255);
    private readonly TempFolder _folder = new();

    [Fact]
    public void Transparent_pixels_show_what_is_stored_or_lie_on_the_background()
    {
        byte[] file = Png([255, 0, 255, 0, 200, 100, 0, 128], width: 2, colorType: 6, depth: 8);
        Assert.Equal([255, 0, 255, 200, 100, 0], ImageDecoder.Decode(file, new(), "x").Samples.ToArray());
        // round((128 c + 127 * 255) / 255)
        Assert.Equal([255, 255, 255, 227, 177, 127],
            ImageDecoder.Decode(file, new(Background: s_white), "x").Samples.ToArray());
        Assert.Equal([0, 0, 0, 100, 50, 0], ImageDecoder.Decode(file, new(Background: new Rgb(0, 0, 0)), "x").Samples.ToArray());
    }

    [Fact]
    public void A_gray_picture_is_laid_on_the_background_before_it_becomes_gray()
    {
        byte[] file = Png([255, 0, 255, 0, 200, 100, 0, 128], width: 2, colorType: 6, depth: 8);
        byte[] gray = ImageDecoder.Decode(file, new(Color.Gray, Background: s_white), "x").Samples.ToArray();
        Assert.Equal([255, (byte)Math.Round(0.299 * 227 + 0.587 * 177 + 0.114 * 127)], gray);
    }

    [Fact]
    public void A_color_that_stands_for_transparent_lies_on_the_background_too()
    {
        byte[] file = Png([5, 200], width: 2, colorType: 0, depth: 8, transparent: [0, 5]);
        Assert.Equal([5, 5, 5, 200, 200, 200], ImageDecoder.Decode(file, new(), "x").Samples.ToArray());
        Assert.Equal([255, 255, 255, 200, 200, 200], ImageDecoder.Decode(file, new(Background: s_white), "x").Samples.ToArray());
    }

    [Fact]
    public void Pictures_without_alpha_are_not_changed_by_a_background()
    {
        Image image = new(5, 3, 3);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)(17 * i);
        foreach (byte[] file in new[] { ImageEncoder.Png(image), ImageEncoder.WebP(image, quality: null) })
            Assert.Equal(image.Samples.ToArray(), ImageDecoder.Decode(file, new(Background: s_white), "x").Samples.ToArray());
    }

    [Fact]
    public void Samples_of_12_bits_are_spread_by_a_range_by_their_own_or_stay_dark()
    {
        byte[] file = Deep(0, 1024, 2048, 4095);
        Assert.Equal([0, 4, 8, 15], Gray(file, null));
        Assert.Equal([0, 64, 128, 255], Gray(file, new SampleRange(0, 4095)));
        Assert.Equal([0, 0, 85, 255], Gray(file, new SampleRange(1024, 4095)));
        Assert.Equal([0, 64, 128, 255], Gray(file, SampleRange.OfPicture));
        Assert.Equal([0, 0, 0, 0], Gray(Deep(77, 77, 77, 77), SampleRange.OfPicture));
    }

    [Fact]
    public void A_range_leaves_pictures_of_8_bits_alone()
    {
        Image image = new(4, 1, 1);
        for (int i = 0; i < 4; i++) image.Samples[i] = (byte)(10 * i);
        Assert.Equal([0, 10, 20, 30], Gray(ImageEncoder.Png(image), new SampleRange(0, 15)));
    }

    [Fact]
    public void The_range_that_a_folder_uses_is_found()
    {
        _folder.Pictures("a.png");
        using (IImageSource shallow = ImageSources.Open(_folder.Root)) Assert.Empty(FileTraits.Of(shallow, new()).Ranges);
        _folder.Write("b.png", Deep(5, 6, 7, 4095));
        _folder.Write("c.png", Deep(3, 6, 7, 9));
        using IImageSource source = ImageSources.Open(_folder.Root);
        Assert.Equal([new SampleRange(3, 4095)], FileTraits.Of(source, new()).Ranges);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Gray(byte[] file, SampleRange? range) =>
        ImageDecoder.Decode(file, new(Color.Gray, Range: range), "x").Samples.ToArray();

    private static byte[] Deep(params ushort[] samples) =>
        Png([.. samples.SelectMany(static sample => new[] { (byte)(sample >> 8), (byte)sample })], samples.Length, colorType: 0, depth: 16);

    private static byte[] Png(byte[] row, int width, byte colorType, byte depth, byte[]? transparent = null)
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.ZLibStream zlib = new(packed, System.IO.Compression.CompressionLevel.Optimal))
            zlib.Write([0, .. row]);
        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10,
            .. Chunk("IHDR"u8, [.. TempFolder.Words(width, 1), depth, colorType, 0, 0, 0]),
            .. transparent is null ? [] : Chunk("tRNS"u8, transparent), .. Chunk("IDAT"u8, packed.ToArray()),
            .. Chunk("IEND"u8, []),
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] named = [.. name, .. data];
        uint crc = 0xFFFFFFFF;
        foreach (byte value in named)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return [.. TempFolder.Words(data.Length), .. named, .. TempFolder.Words((int)~crc)];
    }
}
