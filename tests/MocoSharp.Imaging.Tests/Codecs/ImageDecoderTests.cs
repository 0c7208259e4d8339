using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> Exact =>
    [
        "rgb8.png", "gray8.png", "gray1.png", "gray4.png", "palette.png", "palette-trns.png", "rgb-trns.png", "rgba8.png",
        "gray-alpha8.png",
        "interlaced.png", "rgb16.png", "gray16.png", "lossless.webp", "alpha.webp", "lossy.webp",
    ];

    public static TheoryData<string> Jpegs =>
    [
        "baseline-444.jpg", "baseline-422.jpg", "baseline-420.jpg", "progressive.jpg", "gray.jpg", "cmyk-adobe.jpg", "ycck-adobe.jpg",
        "rgb-adobe.jpg",
        "orientation-1.jpg", "orientation-2.jpg", "orientation-3.jpg", "orientation-4.jpg", "orientation-5.jpg", "orientation-6.jpg",
        "orientation-7.jpg", "orientation-8.jpg",
    ];

    [Theory, MemberData(nameof(Exact))]
    public void Lossless_pixels_are_those_that_PIL_reads(string name) => CheckAgainstPil(name, worst: 0);

    [Theory, MemberData(nameof(Jpegs))]
    public void Jpeg_pixels_are_within_two_of_those_that_PIL_reads(string name) => CheckAgainstPil(name, worst: 2);

    [Theory, InlineData(4, 84), InlineData(2, 42), InlineData(1, 21), InlineData(1, 1)]
    public void A_jpeg_is_shrunk_while_decoding_as_far_as_its_shorter_side_allows(int eighths, int shorterSide)
    {
        Image image = ImageDecoder.Decode(CodecFiles.Bytes("scaled.jpg"), new(Color.Rgb, shorterSide), "scaled.jpg");
        CodecFiles.AssertClose(CodecFiles.Pixels($"scaled-{eighths}.ppm"), image, worst: 2);
    }

    [Theory, InlineData(168), InlineData(169), InlineData(0), InlineData(int.MaxValue)]
    public void A_jpeg_keeps_its_size_when_less_would_be_too_small(int shorterSide)
    {
        Image image = ImageDecoder.Decode(CodecFiles.Bytes("scaled.jpg"), new(Color.Rgb, shorterSide), "scaled.jpg");
        Assert.Equal((232, 168), (image.Width, image.Height));
    }

    [Fact]
    public void The_shorter_side_never_falls_below_the_one_asked_for()
    {
        byte[] file = CodecFiles.Bytes("scaled.jpg");
        for (int side = 1; side <= 168; side++)
        {
            Image image = ImageDecoder.Decode(file, new(Color.Gray, side), "scaled.jpg");
            Assert.InRange(Math.Min(image.Width, image.Height), side, 168);
        }
    }

    [Fact]
    public void Sixteen_bit_samples_come_out_whole()
    {
        DeepImage gray = ImageDecoder.DecodeDeep(CodecFiles.Bytes("gray16.png"), new(Color.Gray), "gray16.png");
        DeepImage rgb = ImageDecoder.DecodeDeep(CodecFiles.Bytes("rgb16.png"), new(Color.Rgb), "rgb16.png");
        Assert.Equal(CodecFiles.Samples16("gray16.u16"), gray.Samples);
        Assert.Equal(CodecFiles.Samples16("rgb16.u16"), rgb.Samples);
    }

    [Fact]
    public void Eight_bit_samples_are_spread_over_sixteen()
    {
        DeepImage deep = ImageDecoder.DecodeDeep(CodecFiles.Bytes("gray8.png"), new(Color.Gray), "gray8.png");
        Assert.Equal(CodecFiles.Pixels("gray8.pgm").Samples.Select(v => (ushort)(v * 257)), deep.Samples);
    }

    [Fact]
    public void The_content_counts_and_not_the_extension()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("moco").FullName, "picture.jpg");
        File.WriteAllBytes(path, CodecFiles.Bytes("rgb8.png"));
        CodecFiles.AssertClose(CodecFiles.Pixels("rgb8.ppm"), ImageDecoder.Load(path), worst: 0);
    }

    [Theory, InlineData("baseline-420.jpg"), InlineData("scaled.jpg"), InlineData("rgb8.png"), InlineData("lossy.webp")]
    public void Reading_a_file_allocates_its_pixels_and_little_else(string name)
    {
        string path = Path.Combine(CodecFiles.Folder, name);
        int samples = ImageDecoder.Load(path).Samples.Length;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            ImageDecoder.Load(path);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100 - samples, 0, 400);
    }

    [Fact]
    public async Task Many_threads_decode_at_once()
    {
        byte[] jpeg = CodecFiles.Bytes("progressive.jpg"), png = CodecFiles.Bytes("interlaced.png"), webp = CodecFiles.Bytes("lossy.webp");
        byte[] expected = ImageDecoder.Decode(jpeg, new(), "jpeg").Samples;
        await Parallel.ForAsync(0, 400, TestContext.Current.CancellationToken, (i, _) =>
        {
            Assert.Equal(expected, ImageDecoder.Decode(jpeg, new(), "jpeg").Samples);
            Assert.Equal(29, ImageDecoder.Decode(i % 2 == 0 ? png : webp, new(), "other").Width);
            return ValueTask.CompletedTask;
        });
    }

    private static void CheckAgainstPil(string name, int worst)
    {
        byte[] file = CodecFiles.Bytes(name);
        CodecFiles.AssertClose(CodecFiles.Pixels(Path.ChangeExtension(name, ".ppm")), ImageDecoder.Decode(file, new(Color.Rgb), name),
            worst);
        CodecFiles.AssertClose(CodecFiles.Pixels(Path.ChangeExtension(name, ".pgm")), ImageDecoder.Decode(file, new(Color.Gray), name),
            worst);
    }
}
