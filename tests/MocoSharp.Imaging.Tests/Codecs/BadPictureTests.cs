using System.Buffers.Binary;
using System.Text;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class BadPictureTests
{
    public static TheoryData<string> Every => [.. Directory.GetFiles(CodecFiles.Folder).Select(path => Path.GetFileName(path)!)
        .Where(name => Path.GetExtension(name) is ".jpg" or ".png" or ".webp" && name != "animated.webp")];

    [Fact]
    public void An_empty_file_is_named_as_such() => AssertRefused(ErrorIds.EmptyFile, [], "the file is empty");

    [Theory]
    [InlineData("hello there", "first bytes 68656C6C6F207468")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html>", "web page")]
    [InlineData("x", "first bytes 78")]
    public void A_file_of_no_known_format_is_described(string content, string says) =>
        AssertRefused(ErrorIds.UnknownFormat, Encoding.ASCII.GetBytes(content), says);

    [Theory, MemberData(nameof(Every))]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        byte[] file = CodecFiles.Bytes(name);
        // The last bytes may be padding or a checksum that no pixel needs.
        int needed = name.EndsWith(".png", StringComparison.Ordinal) ? file.Length - 12 - 4 - 4 : file.Length - 2;
        for (int length = 1; length < needed; length += 1 + length / 40)
            Assert.Throws<BadImageException>(() => ImageDecoder.Decode(file.AsSpan(0, length), new(), name));
    }

    [Theory, InlineData("baseline-420.jpg"), InlineData("progressive.jpg"), InlineData("rgb8.png"), InlineData("lossy.webp")]
    public void A_file_cut_in_its_pixels_is_called_truncated(string name)
    {
        byte[] file = CodecFiles.Bytes(name);
        AssertRefused(ErrorIds.Truncated, file[..(file.Length - 60)], "too early");
    }

    [Fact]
    public void A_jpeg_whose_data_stops_before_its_end_marker_is_refused()
    {
        byte[] file = CodecFiles.Bytes("baseline-444.jpg");
        AssertRefused(ErrorIds.Corrupt, [.. file[..(file.Length - 300)], 0xFF, 0xD9], "premature end of data segment");
    }

    [Fact]
    public void Stray_bytes_before_a_jpegs_end_marker_do_no_harm()
    {
        byte[] file = CodecFiles.Bytes("baseline-444.jpg");
        Image image = ImageDecoder.Decode((byte[])[.. file[..^2], 1, 2, 3, 0xFF, 0xD9], new(), "stray");
        CodecFiles.AssertClose(CodecFiles.Pixels("baseline-444.ppm"), image, worst: 2);
    }

    [Theory, InlineData("scaled.jpg"), InlineData("rgb8.png"), InlineData("lossless.webp"), InlineData("progressive.jpg")]
    public void More_pixels_than_allowed_are_refused(string name) =>
        AssertRefused(ErrorIds.TooLarge, CodecFiles.Bytes(name), "at most 600 pixels", new(Color.Rgb, 0, MaximumPixels: 600));

    [Fact]
    public void A_jpeg_above_the_limit_is_decoded_when_it_may_be_shrunk_below_it()
    {
        Image image = ImageDecoder.Decode(CodecFiles.Bytes("scaled.jpg"), new(Color.Rgb, 20, MaximumPixels: 700), "scaled.jpg");
        Assert.Equal((29, 21), (image.Width, image.Height));
    }

    [Fact]
    public void Six_eighths_serve_a_jpeg_that_would_be_too_large_at_full_size()
    {
        Image image = ImageDecoder.Decode(CodecFiles.Bytes("scaled.jpg"), new(Color.Rgb, 120, MaximumPixels: 30_000), "scaled.jpg");
        Assert.Equal((174, 126), (image.Width, image.Height));
    }

    [Theory, InlineData(20_000, 20_000), InlineData(65_535, 65_535)]
    public void A_small_jpeg_that_claims_to_be_huge_is_refused_without_decoding(int width, int height)
    {
        byte[] file = CodecFiles.Bytes("baseline-444.jpg");
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)width);
        AssertRefused(ErrorIds.TooLarge, file, $"{width} x {height}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(ErrorIds.Truncated, file, "fewer bytes", new(Color.Rgb, 64));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_huge_progressive_jpeg_is_refused_even_when_it_may_be_shrunk()
    {
        byte[] file = CodecFiles.Bytes("progressive.jpg");
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 20_000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 20_000);
        AssertRefused(ErrorIds.TooLarge, file, "held at full size", new(Color.Rgb, 64));
    }

    [Theory, InlineData(20_000, 20_000, "20000 x 20000"), InlineData(int.MaxValue, int.MaxValue, "more pixels")]
    public void A_small_png_that_claims_to_be_huge_is_refused(int width, int height, string says)
    {
        byte[] file = CodecFiles.Bytes("rgb8.png");
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        PngChunks.RepairChecksums(file);
        AssertRefused(ErrorIds.TooLarge, file, says);
    }

    [Fact]
    public void A_limit_of_zero_means_the_default()
    {
        Assert.Equal(29, ImageDecoder.Decode(CodecFiles.Bytes("rgb8.png"), default, "rgb8.png").Width);
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_about_that_file()
    {
        BadImageException error = Assert.Throws<BadImageException>(() => ImageDecoder.Load("/no/such/picture.png"));
        Assert.Equal((ErrorIds.UnreadableFile, "/no/such/picture.png"), (error.Id, error.At));
    }

    private static void AssertRefused(string id, byte[] file, string says, DecodeRequest request = default)
    {
        BadImageException error = Assert.Throws<BadImageException>(() => ImageDecoder.Decode(file, request, "the picture"));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal((id, "the picture"), (error.Id, error.At));
        Assert.NotNull(error.Fix);
    }
}
