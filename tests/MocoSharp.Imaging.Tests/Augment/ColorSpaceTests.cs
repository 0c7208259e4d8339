using System.Text.Json;
using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

public sealed class ColorSpaceTests
{
    [Theory, InlineData("lab", ColorModel.Lab), InlineData("ycbcr", ColorModel.Ycbcr)]
    public void Values_agree_with_scikit_image_to_a_ten_thousandth(string name, ColorModel to)
    {
        using JsonDocument golden = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Augment", "Golden", "color.json")));
        byte[] rgb = [.. golden.RootElement.GetProperty("rgb").EnumerateArray().Select(static value => value.GetByte())];
        double[] expected = [.. golden.RootElement.GetProperty(name).EnumerateArray().Select(static value => value.GetDouble())];
        Image image = new(rgb.Length / 3, 1, 3);
        rgb.CopyTo(image.Samples);
        float[] actual = new float[rgb.Length];
        Rng rng = Rng.For(1);
        new ViewPipeline([new ColorSpace(to)], ChannelStats.AsIs).Render(image, ref rng, new Canvas(), actual);
        for (int i = 0; i < actual.Length; i++)
        {
            double value = to == ColorModel.Ycbcr ? actual[i] * 255.0 : i % 3 == 0 ? actual[i] * 100.0 : actual[i] * 255.0 - 128;
            Assert.True(Math.Abs(expected[i] - value) <= 1e-4, $"sample {i}: expected {expected[i]}, got {value}");
        }
    }

    // HobbitLong/CMC's own numbers; L* counts from 0 to 100 there, everything else in steps of 1/255
    [Theory]
    [InlineData(ColorModel.Lab, "lab", new[] { 100f, 255, 255 }, new[] { 50f, 128 + 6.025f, 128 - 6.6895f },
        new[] { 50f, 92.208f, 101.1675f })]
    [InlineData(ColorModel.Ycbcr, "ycbcr", new[] { 255f, 255, 255 }, new[] { 116.151f, 121.080f, 132.342f },
        new[] { 109.5f, 111.855f, 111.964f })]
    public void The_statistics_are_those_of_the_original_on_its_own_scale(ColorModel model, string stats, float[] scale, float[] mean,
        float[] deviation)
    {
        Image image = new(1, 1, 3);
        ((byte[])[200, 40, 90]).CopyTo(image.Samples);
        float[] raw = new float[3], normal = new float[3];
        Rng rng = Rng.For(1);
        new ViewPipeline([new ColorSpace(model)], ChannelStats.AsIs).Render(image, ref rng, new Canvas(), raw);
        new ViewPipeline([new ColorSpace(model)], ChannelStats.All[stats]).Render(image, ref rng, new Canvas(), normal);
        for (int i = 0; i < 3; i++) Assert.Equal((raw[i] * scale[i] - mean[i]) / deviation[i], normal[i], tolerance: 1e-5f);
    }

    [Fact]
    public void A_gray_picture_has_no_color()
    {
        Image image = new(1, 1, 1);
        image.Samples[0] = 128;
        float[] lab = new float[3];
        Rng rng = Rng.For(1);
        new ViewPipeline([new ColorSpace()], ChannelStats.AsIs).Render(image, ref rng, new Canvas(), lab);
        Assert.Equal(0.5359, lab[0], tolerance: 1e-3);
        Assert.Equal(128 / 255.0, lab[1], tolerance: 1e-4);
        Assert.Equal(128 / 255.0, lab[2], tolerance: 1e-4);
    }
}
