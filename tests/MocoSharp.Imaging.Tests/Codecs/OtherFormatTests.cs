using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>The formats beside JPEG, PNG and WebP, against PIL and the formats' own tools.</summary>
public sealed class OtherFormatTests
{
    public static TheoryData<string> Lossless =>
    [
        "tiff-none.tif", "tiff-lzw.tif", "tiff-deflate.tif", "tiff-packbits.tif", "tiff-gray.tif", "tiff-bilevel.tif", "tiff-alpha.tif",
        "tiff-pages.tif", "tiff-big-endian.tif", "tiff-gray16.tif", "tiff-turned.tif", "bmp-24.bmp", "bmp-palette.bmp", "bmp-gray.bmp",
            "gif.gif", "gif-animated.gif",
        "jp2-lossless.jp2", "jp2-stream.j2k", "jxl-lossless.jxl", "animated.webp",
    ];

    [Theory, MemberData(nameof(Lossless))]
    public void Lossless_pixels_are_those_of_another_decoder(string name) => Check(name, worst: 0);

    // Its palette has 16 bits a sample, which the two round differently.
    [Fact]
    public void A_palette_of_16_bits_is_within_one() => Check("tiff-palette.tif", worst: 1);

    // The way from luma and half-size color to RGB is each decoder's own.
    [Theory, InlineData("heic.heic"), InlineData("avif.avif")]
    public void Lossy_pixels_are_near_those_of_the_formats_own_tools(string name) => Check(name, worst: 12);

    [Theory, MemberData(nameof(Lossless))]
    public void A_file_cut_in_its_first_picture_is_refused(string name)
    {
        byte[] file = CodecFiles.Bytes(name);
        for (int part = 1; part < 10; part++)
            Assert.Throws<BadImageException>(() => ImageDecoder.Decode(file.AsSpan(0, file.Length * part / 25), new(), name));
    }

    [Theory, InlineData("tiff-lzw.tif"), InlineData("bmp-24.bmp"), InlineData("gif.gif"), InlineData("heic.heic"), InlineData("avif.avif"),
        InlineData("jxl-lossless.jxl"), InlineData("jp2-lossless.jp2")]
    public void More_pixels_than_allowed_are_refused(string name)
    {
        BadImageException error = Assert.Throws<BadImageException>(() =>
            ImageDecoder.Decode(CodecFiles.Bytes(name), new(MaximumPixels: 500), name));
        Assert.Equal(ErrorIds.TooLarge, error.Id);
    }

    [Fact]
    public void Other_kinds_of_files_are_told_by_their_first_bytes_with_what_to_do()
    {
        static string Told(params byte[] file) => Assert.Throws<BadImageException>(() => ImageDecoder.Decode(file, new(), "x")) is var error
            ? $"{error.Message} {error.Fix}" : "";
        Assert.Contains("a video", Told([0, 0, 0, 32, .. "ftypisom"u8, 0, 0, 0, 0]), StringComparison.Ordinal);
        Assert.Contains("ffmpeg -i", Told([0x1A, 0x45, 0xDF, 0xA3, 1, 2, 3, 4]), StringComparison.Ordinal);
        Assert.Contains("an archive", Told([.. "PK\x03\x04"u8, 1, 2]), StringComparison.Ordinal);
        Assert.Contains("pdftoppm", Told([.. "%PDF-1.7"u8]), StringComparison.Ordinal);
        Assert.Contains("no known format", Told([.. "BM is a shop"u8, 0, 0, 0, 0, 0, 0, 0, 0]), StringComparison.Ordinal);
    }

    [Theory, InlineData("png-turned-2.png"), InlineData("png-turned-6.png"), InlineData("png-turned-7.png"),
        InlineData("webp-turned-2.webp"), InlineData("webp-turned-6.webp"), InlineData("webp-turned-7.webp")]
    public void Png_and_WebP_are_turned_upright_as_JPEG_is(string name)
    {
        Check(name, worst: 0);
        DeepImage deep = ImageDecoder.DecodeDeep(CodecFiles.Bytes(name), new(Color.Rgb), name);
        Assert.Equal(CodecFiles.Pixels($"{Path.GetFileNameWithoutExtension(name)}.ppm").Samples.Select(static v => (ushort)(257 * v)),
            deep.Samples);
    }

    [Fact]
    public void Sixteen_bit_samples_are_turned_too()
    {
        ushort[] stored = [1, 2, 3, 4, 5, 6], upright = new ushort[6];         // 3 columns, 2 rows
        Orientation.Apply<ushort>(stored, 3, 2, 6, upright, channels: 1);
        Assert.Equal<ushort>([4, 1, 5, 2, 6, 3], upright);
    }

    private static void Check(string name, int worst)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        byte[] file = CodecFiles.Bytes(name);
        CodecFiles.AssertClose(CodecFiles.Pixels($"{stem}.ppm"), ImageDecoder.Decode(file, new(Color.Rgb), name), worst);
        CodecFiles.AssertClose(CodecFiles.Pixels($"{stem}.pgm"), ImageDecoder.Decode(file, new(Color.Gray), name), worst == 0 ? 0 : worst);
    }
}
