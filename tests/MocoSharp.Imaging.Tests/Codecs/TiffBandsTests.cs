using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Tests.Datasets;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>TIFFs of many bands and deep numbers, against tools/reference/make_tiff_golden.py (tifffile and libtiff's own tools).</summary>
public sealed class TiffBandsTests : IDisposable
{
    private const int Width = 19, Height = 21;

    private readonly TempFolder _folder = new();

    public static TheoryData<string, int> All => new()
    {
        { "rgb-infrared-8", 4 }, { "rgb-infrared-16-lzw", 4 }, { "rgb-alpha-16", 4 }, { "five-8", 5 }, { "five-16-planes-zip", 5 },
        { "five-16-planes-tiles", 5 }, { "five-float-tiles", 5 }, { "float-zip", 1 }, { "half", 1 }, { "double", 1 }, { "signed-16", 1 },
        { "unsigned-32", 1 }, { "gray-12-in-16", 1 }, { "big-end", 3 }, { "big-file", 3 }, { "white-is-zero", 1 }, { "described", 3 },
        { "pages", 1 },
    };

    [Theory, MemberData(nameof(All))]
    public void Numbers_are_those_that_another_library_wrote(string name, int count)
    {
        SampleBands bands = TiffDecoder.Read(File(name), default, name)!;
        Assert.Equal((Width, Height, count), (bands.Width, bands.Height, bands.Count));
        Assert.Equal(Numbers(name), bands.Samples);
    }

    [Theory, MemberData(nameof(All))]
    public void A_file_cut_before_its_numbers_end_is_refused(string name, int count)
    {
        byte[] file = File(name);
        foreach (int part in (int[])[1, 3, 5])
        {
            BadImageException error = Assert.Throws<BadImageException>(() =>
                ImageDecoder.Decode(file.AsSpan(0, file.Length * part / 12), Named(count), name));
            Assert.NotNull(error.Fix);
        }
    }

    [Fact]
    public void Four_bands_are_four_channels_by_name()
    {
        float[] numbers = Numbers("rgb-infrared-8");
        Image image = ImageDecoder.Decode(File("rgb-infrared-8"), Bands("red", "green", "blue", "nir"), "x");
        Assert.Equal(4, image.Channels);
        Assert.Equal(numbers.Select(static number => (byte)number), image.Samples);

        Image three = ImageDecoder.Decode(File("rgb-infrared-8"), Bands("red", "_", "_", "nir"), "x");
        Assert.Equal(numbers.Where(static (_, at) => at % 4 is 0 or 3).Select(static number => (byte)number), three.Samples);

        Image color = ImageDecoder.Decode(File("rgb-infrared-8"), new(), "x");
        Assert.Equal(numbers.Where(static (_, at) => at % 4 != 3).Select(static number => (byte)number), color.Samples);
    }

    [Fact]
    public void Bands_that_a_file_describes_are_found_by_their_names_in_any_order()
    {
        DecodeRequest request = Bands("B08", "B02") with { Range = new SampleRange(-1, 2) };
        Image image = ImageDecoder.Decode(File("described"), request, "x");
        float[] numbers = Numbers("described");
        for (int pixel = 0; pixel < Width * Height; pixel++)
        {
            Assert.Equal(Spread(numbers[3 * pixel + 2], -1, 2), image.Samples[2 * pixel]);
            Assert.Equal(Spread(numbers[3 * pixel], -1, 2), image.Samples[2 * pixel + 1]);
        }
    }

    [Fact]
    public void What_was_not_measured_becomes_0_and_does_not_widen_the_range()
    {
        DecodeRequest request = Bands("B02", "B04", "B08") with { Range = SampleRange.OfPicture };
        Image image = ImageDecoder.Decode(File("described"), request, "x");
        float[] numbers = Numbers("described");
        for (int band = 0; band < 3; band++)
        {
            float[] own = [.. numbers.Where((number, at) => at % 3 == band && number != -9999)];
            for (int at = band; at < numbers.Length; at += 3)
                Assert.Equal(numbers[at] == -9999 ? (byte)0 : Spread(numbers[at], own.Min(), own.Max()), image.Samples[at]);
        }
    }

    [Fact]
    public void Each_channel_may_have_a_range_of_its_own()
    {
        BandSelection selection = new(["a", "_", "c", "_", "_"], [new(0, 4095), new(1000, 2000)]);
        Image image = ImageDecoder.Decode(File("five-16-planes-zip"), new(Bands: selection), "x");
        float[] numbers = Numbers("five-16-planes-zip");
        for (int pixel = 0; pixel < Width * Height; pixel++)
        {
            Assert.Equal(Spread(numbers[5 * pixel], 0, 4095), image.Samples[2 * pixel]);
            Assert.Equal(Spread(numbers[5 * pixel + 2], 1000, 2000), image.Samples[2 * pixel + 1]);
        }
    }

    [Theory, InlineData("float-zip", "floating-point numbers from -1 to"), InlineData("signed-16", "whole numbers of other than 8 or 16"),
        InlineData("unsigned-32", "whole numbers of other")]
    public void Numbers_without_a_black_and_a_white_of_their_own_need_a_range(string name, string told)
    {
        BadImageException error = Assert.Throws<BadImageException>(() => ImageDecoder.Decode(File(name), new(), name));
        Assert.Equal(ErrorIds.RangeNotSaid, error.Id);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Contains("data.rangeOf", error.Fix, StringComparison.Ordinal);
        Image image = ImageDecoder.Decode(File(name), new(Color.Gray, Range: SampleRange.OfPicture), name);
        float[] numbers = Numbers(name);
        Assert.Equal(numbers.Select(number => Spread(number, numbers.Min(), numbers.Max())), image.Samples);
    }

    [Fact]
    public void Of_16_bits_the_high_byte_is_taken_as_of_PNG()
    {
        Image image = ImageDecoder.Decode(File("gray-12-in-16"), new(Color.Gray), "x");
        Assert.Equal(Numbers("gray-12-in-16").Select(static number => (byte)((int)number >> 8)), image.Samples);
        DeepImage deep = ImageDecoder.DecodeDeep(File("gray-12-in-16"), new(Color.Gray), "x");
        Assert.Equal(Numbers("gray-12-in-16").Select(static number => (ushort)number), deep.Samples);
    }

    [Fact]
    public void Heights_as_floating_point_numbers_are_spread_over_16_bits()
    {
        DeepImage deep = ImageDecoder.DecodeDeep(File("float-zip"), new(Color.Gray, Range: new SampleRange(-1, 2)), "x");
        Assert.Equal(Numbers("float-zip").Select(static number => (ushort)Math.Round((number + 1.0) * (65535 / 3.0))), deep.Samples);
    }

    [Fact]
    public void Bands_whose_colors_nobody_names_are_refused_with_names_to_begin_with()
    {
        BadImageException error = Assert.Throws<BadImageException>(() => ImageDecoder.Decode(File("five-8"), new(), "x"));
        Assert.Equal((ErrorIds.OtherBands, "it has 5 bands, and which of them are red, green and blue is not said"),
            (error.Id, error.Message));
        Assert.Equal("name them: --set data.channels=[band1,band2,band3,band4,band5]", error.Fix);
        error = Assert.Throws<BadImageException>(() => ImageDecoder.Decode(File("described"), Bands("B02", "B99"), "x"));
        Assert.Equal("it has no band 'B99' among B02, B04, B08", error.Message);
    }

    [Fact]
    public void A_background_lies_below_alpha_of_16_bits()
    {
        Image image = ImageDecoder.Decode(File("rgb-alpha-16"), new(Background: new Rgb(255, 255, 255)), "x");
        float[] numbers = Numbers("rgb-alpha-16");
        for (int at = 0; at < image.Samples.Length; at++)
        {
            double alpha = numbers[at / 3 * 4 + 3] / 65535.0, color = (int)numbers[at / 3 * 4 + at % 3] >> 8;
            Assert.InRange(image.Samples[at], (alpha * color + (1 - alpha) * 255) - 0.51, (alpha * color + (1 - alpha) * 255) + 0.51);
        }
    }

    [Theory, InlineData(4, true), InlineData(2, false)]
    public void A_PNGs_alpha_can_be_a_band(int bands, bool isColor)
    {
        string name = isColor ? "rgba8.png" : "gray-alpha8.png";
        Image image = ImageDecoder.Decode(CodecFiles.Bytes(name), Bands([.. Enumerable.Range(1, bands).Select(static n => $"b{n}")]), name);
        Image color = ImageDecoder.Decode(CodecFiles.Bytes(name), new(isColor ? Color.Rgb : Color.Gray), name);
        Assert.Equal(color.Samples, image.Samples.Where((_, at) => at % bands != bands - 1));
        Assert.Equal((0, 255), (image.Samples[bands - 1], image.Samples[^1]));      // a ramp from nothing to all
    }

    [Fact]
    public void A_jpeg_has_three_bands()
    {
        Image color = ImageDecoder.Decode(CodecFiles.Bytes("baseline-444.jpg"), new(), "x");
        Image bands = ImageDecoder.Decode(CodecFiles.Bytes("baseline-444.jpg"), Bands("_", "g", "b"), "x");
        Assert.Equal(color.Samples.Where(static (_, at) => at % 3 > 0), bands.Samples);
        Assert.Equal(ErrorIds.OtherBands, Assert.Throws<BadImageException>(() =>
            ImageDecoder.Decode(CodecFiles.Bytes("baseline-444.jpg"), Bands("r", "g", "b", "nir"), "x")).Id);
    }

    [Fact]
    public void Records_of_colors_have_no_bands_to_choose_from()
    {
        using IImageSource cifar = ImageSources.Open(_folder.Cifar("data_batch_1.bin", 1, 3));
        BadImageException error = Assert.Throws<BadImageException>(() => cifar.Load(0, Bands("red", "green", "blue")));
        Assert.Equal((ErrorIds.OtherBands, "leave data.channels out"), (error.Id, error.Fix));
    }

    [Fact]
    public void More_samples_than_allowed_are_refused()
    {
        Assert.Equal(ErrorIds.TooLarge, Assert.Throws<BadImageException>(() =>
            ImageDecoder.Decode(File("five-8"), Named(5) with { MaximumPixels = Width * Height - 1 }, "x")).Id);
        Assert.Contains("5 bands", Assert.Throws<BadImageException>(() =>
            ImageDecoder.Decode(File("five-8"), Named(5) with { MaximumPixels = Width * Height }, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_look_at_a_folder_tells_ranges_bands_and_pages()
    {
        foreach (string name in (string[])["rgb-infrared-16-lzw", "pages", "white-is-zero"]) _folder.Write($"{name}.tif", File(name));
        using IImageSource source = ImageSources.Open(_folder.Root);
        FileTraits traits = FileTraits.Of(source, new());
        float[] colors = [.. Numbers("rgb-infrared-16-lzw").Where(static (_, at) => at % 4 != 3)];
        Assert.Equal([new SampleRange(colors.Min(), colors.Max())], traits.Ranges);
        Assert.Equal((("rgb-infrared-16-lzw.tif", 4), ("pages.tif", 2)), (traits.Bands, traits.Pages));
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(Folder, $"{name}.tif"));

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Golden", "tiff");

    private static float[] Numbers(string name) =>
        MemoryMarshal.Cast<byte, float>(System.IO.File.ReadAllBytes(Path.Combine(Folder, $"{name}.f32"))).ToArray();

    private static DecodeRequest Bands(params string[] names) => new(Bands: new BandSelection(names));

    private static DecodeRequest Named(int count) =>
        Bands([.. Enumerable.Range(1, count).Select(static n => $"band{n}")]) with { Range = SampleRange.OfPicture };

    private static byte Spread(double number, double low, double high) =>
        (byte)Math.Clamp(Math.Round((number - low) * (255 / (high - low))), 0, 255);
}
