using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

public sealed class ImageEncoderTests
{
    [Theory, InlineData(1, 1, 1), InlineData(1, 1, 3), InlineData(67, 43, 1), InlineData(67, 43, 3), InlineData(1, 900, 3)]
    public void Png_and_lossless_webp_give_the_same_pixels_back(int width, int height, int channels)
    {
        Image image = CodecFiles.Scene(width, height, channels);
        DecodeRequest same = new(channels == 1 ? Color.Gray : Color.Rgb);
        Assert.Equal(image.Samples, ImageDecoder.Decode(ImageEncoder.Png(image), same, "png").Samples);
        Assert.Equal(image.Samples, ImageDecoder.Decode(ImageEncoder.Png(image, compression: 0), same, "png").Samples);
        Assert.Equal(image.Samples, ImageDecoder.Decode(ImageEncoder.WebP(image), same, "webp").Samples);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void Sixteen_bit_png_gives_the_same_samples_back(int channels)
    {
        DeepImage image = new(31, 17, channels);
        Rng rng = Rng.For(5);
        for (int i = 0; i < image.Samples.Length; i++)
            image.Samples[i] = (ushort)rng.NextInt32(65_536);
        DeepImage back = ImageDecoder.DecodeDeep(ImageEncoder.Png(image), new(channels == 1 ? Color.Gray : Color.Rgb), "png");
        Assert.Equal((31, 17, channels), (back.Width, back.Height, back.Channels));
        Assert.Equal(image.Samples, back.Samples);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void A_jpeg_of_high_quality_stays_close_and_a_lower_one_is_smaller(int channels)
    {
        Image image = CodecFiles.Scene(64, 48, channels);
        byte[] fine = ImageEncoder.Jpeg(image, quality: 100, fullColor: true), coarse = ImageEncoder.Jpeg(image, quality: 40);
        CodecFiles.AssertClose(image, ImageDecoder.Decode(fine, new(channels == 1 ? Color.Gray : Color.Rgb), "jpeg"), worst: 4);
        Assert.InRange(coarse.Length, 1, fine.Length / 2);
        Assert.InRange(ImageEncoder.WebP(image, quality: 20).Length, 1, fine.Length / 2);
    }

    [Fact]
    public void A_file_takes_the_format_of_its_extension()
    {
        Image image = CodecFiles.Scene(20, 10, 3);
        string folder = Directory.CreateTempSubdirectory("moco").FullName;
        (string, ImageFormat)[] files = [("a.png", ImageFormat.Png), ("b.JPG", ImageFormat.Jpeg), ("c.webp", ImageFormat.WebP)];
        foreach ((string name, ImageFormat format) in files)
        {
            ImageEncoder.Save(image, Path.Combine(folder, name));
            Assert.Equal(format, FormatSniffer.Find(File.ReadAllBytes(Path.Combine(folder, name)), name));
        }
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Image two = new(4, 4, 2), tall = new(1, 16_384, 1);
        Assert.Equal(ErrorIds.CannotEncode, Assert.Throws<ImagingException>(() => ImageEncoder.Png(two)).Id);
        Assert.Equal(ErrorIds.CannotEncode, Assert.Throws<ImagingException>(() => ImageEncoder.WebP(tall)).Id);
        Assert.Equal(ErrorIds.CannotEncode, Assert.Throws<ImagingException>(() => ImageEncoder.Jpeg(new Image(1, 65_501, 1))).Id);
        Assert.Equal(ErrorIds.CannotEncode,
            Assert.Throws<ImagingException>(() => ImageEncoder.Save(tall, Path.Combine(Path.GetTempPath(), "picture.gif"))).Id);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageEncoder.Jpeg(tall, quality: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageEncoder.WebP(tall, quality: 101));
    }
}
