using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Imaging.Tests.Comparison;

public sealed class PictureMeasuresTests
{
    [Fact]
    public void One_color_has_no_deviation_no_entropy_and_its_own_brightness()
    {
        PictureMeasures measures = PictureMeasures.Of(Made(40, 30, static (_, _) => 77));
        Assert.Equal(new PictureMeasures(40, 30, 0, 77, 77, 0, 0, 0), measures);
    }

    [Fact]
    public void Two_equally_frequent_levels_are_one_bit_and_deviate_by_half_their_distance()
    {
        PictureMeasures measures = PictureMeasures.Of(Made(40, 30, static (x, _) => x < 20 ? 20 : 220));
        Assert.Equal((1.0, 100.0, 20.0, 220.0), (measures.Entropy, measures.Deviation, measures.Low, measures.High));
    }

    [Fact]
    public void Every_level_once_is_eight_bits_and_the_quantiles_are_those_of_a_slope()
    {
        PictureMeasures measures = PictureMeasures.Of(Made(16, 16, static (x, y) => 16 * y + x));
        Assert.Equal(8, measures.Entropy, 9);
        Assert.Equal((12.0, 243.0), (measures.Low, measures.High));       // 13 of 256 levels are the first to make 5%
    }

    [Fact]
    public void Colors_spread_is_the_mean_of_the_strongest_channel_less_the_weakest()
    {
        Image image = new(2, 1, 3);
        ((byte[])[10, 20, 40, 200, 100, 110]).CopyTo(image.Samples, 0);
        Assert.Equal((30 + 100) / 2.0, PictureMeasures.Of(image).Color);
    }

    [Fact]
    public void A_picture_of_equal_brightness_and_two_colors_deviates()
    {
        Image image = new(20, 10, 3);
        for (int i = 0; i < image.Samples.Length; i += 3) image.Samples[i + (i / 3 % 2 == 0 ? 0 : 2)] = 200;
        Assert.Equal(100, PictureMeasures.Of(image).Deviation, 6);
    }

    [Theory, InlineData(0, 1), InlineData(1.5, 0.108), InlineData(3, 0.027), InlineData(4, 0.0151)]
    public void An_edge_is_as_steep_as_the_second_derivative_of_a_blurred_step_says(double sigma, double expected)
    {
        // max |d²/dx² Φ(x / σ)| = e^(−1/2) / √(2π) / σ² = 0.242 / σ²
        PictureMeasures measures = PictureMeasures.Of(Made(200, 200, (x, _) => sigma == 0 ? x < 100 ? 0 : 250
            : (int)Math.Round(250 / (1 + Math.Exp(-1.702 * (x - 99.5) / sigma)))));
        Assert.InRange(measures.Sharpness, expected * 0.75, expected * 1.25);
    }

    [Fact]
    public void A_large_picture_is_as_sharp_as_it_is_when_shrunk()
    {
        Image large = Made(1024, 512, static (x, y) => x / 64 % 2 == y / 64 % 2 ? 30 : 200),
            small = Made(256, 128, static (x, y) => x / 16 % 2 == y / 16 % 2 ? 30 : 200);
        Assert.Equal(PictureMeasures.Of(small).Sharpness, PictureMeasures.Of(large).Sharpness);
    }

    [Theory, InlineData(1, 1), InlineData(2, 300), InlineData(1000, 1)]
    public void The_narrowest_pictures_can_be_measured(int width, int height) =>
        Assert.Equal(1, PictureMeasures.Of(Made(width, height, static (x, y) => x + y & 255)).Sharpness);

    private static Image Made(int width, int height, Func<int, int, int> level)
    {
        Image image = new(width, height, 3);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) image.Row(y).Slice(3 * x, 3).Fill((byte)level(x, y));
        return image;
    }
}
