using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

public sealed class ColorJitterTests
{
    private const int Draws = 24_000;
    private static readonly ImageSize s_size = new(8, 8, 3);

    [Fact]
    public void The_24_orders_all_differ_and_each_has_every_part_once()
    {
        JitterOrder[] orders = [.. Enumerable.Range(0, JitterOrder.Count).Select(index => new JitterOrder(index))];
        Assert.Equal(24, orders.Select(order => order.ToString()).Distinct().Count());
        Assert.All(orders, order => Assert.Equal(4, Enumerable.Range(0, 4).Select(place => order[place]).Distinct().Count()));
        Assert.Equal("Brightness, Contrast, Saturation, Hue", orders[0].ToString());
    }

    [Fact]
    public void Factors_and_orders_are_even_and_the_coin_is_fair()
    {
        ColorJitter jitter = new(0.4f, 0.3f, 1.5f, 0.1f, Chance: 0.8f);
        List<JitterChoice> choices = [];
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = Rng.For(7, sample: i);
            if (jitter.Choose(ref rng, s_size) is { Applied: true } choice)
                choices.Add(choice);
        }
        Assert.InRange(choices.Count, Draws * 0.79, Draws * 0.81);
        AssertEven(choices.Select(choice => choice.Brightness), 0.6, 1.4);
        AssertEven(choices.Select(choice => choice.Contrast), 0.7, 1.3);
        AssertEven(choices.Select(choice => choice.Saturation), 0, 2.5);
        AssertEven(choices.Select(choice => choice.Hue), -0.1, 0.1);
        int[] orders = new int[JitterOrder.Count];
        foreach (JitterChoice choice in choices)
            orders[choice.Order.Index]++;
        Assert.All(orders, count => Assert.InRange(count, 800 * 0.85, 800 * 1.15));
    }

    [Fact]
    public void A_part_of_strength_0_is_left_out_and_factor_1_changes_nothing()
    {
        Image image = Draw.Noise(9, 7);
        Canvas canvas = Draw.On(image);
        new ColorJitter(0, 0, 0, 0).Apply(new JitterChoice(true, default, 0.5f, 0.5f, 0.5f, 0.5f), canvas);
        Assert.All(Draw.Floats(canvas).Zip(image.Samples), pair => Assert.Equal(pair.Second / 255f, pair.First, tolerance: 1e-7f));
        new ColorJitter().Apply(new JitterChoice(true, default, 1, 1, 1, 0), canvas);
        Assert.All(Draw.Floats(canvas).Zip(image.Samples), pair => Assert.Equal(pair.Second / 255f, pair.First, tolerance: 2e-6f));
    }

    [Fact]
    public void Gray_pictures_keep_saturation_and_hue_and_take_brightness()
    {
        Canvas canvas = Draw.On(Draw.Plain(5, 5, 100));
        new ColorJitter().Apply(new JitterChoice(true, default, 0.5f, 1, 0, 0.4f), canvas);
        Assert.All(Draw.Floats(canvas), value => Assert.Equal(50 / 255f, value, tolerance: 1e-6f));
    }

    [Theory, InlineData(1 / 3f, 0, 200, 0), InlineData(-1 / 3f, 0, 0, 200), InlineData(0.5f, 0, 200, 200), InlineData(1 / 6f, 200, 200, 0)]
    public void Hue_turns_red_to_where_the_color_wheel_says(float turn, byte red, byte green, byte blue)
    {
        Canvas canvas = Draw.On(Draw.Plain(3, 3, 200, 0, 0));
        new ColorJitter(Hue: 0.5f).Apply(new JitterChoice(true, default, 1, 1, 1, turn), canvas);
        float[] floats = Draw.Floats(canvas);
        Assert.Equal([red, green, blue], floats[..3].Select(value => (byte)MathF.Round(value * 255)));
    }

    [Fact]
    public void Contrast_0_gives_the_mean_luma_also_when_rows_do_not_fill_vectors()
    {
        foreach (int width in (int[])[1, 5, 16, 17, 40])
        {
            Image image = Draw.Noise(width, 6, 1);
            Canvas canvas = Draw.On(image);
            new ColorJitter().Apply(new JitterChoice(true, default, 1, 0, 1, 0), canvas);
            double mean = image.Samples.Average(sample => sample / 255.0);
            Assert.All(Draw.Floats(canvas), value => Assert.Equal(mean, value, tolerance: 1e-6));
        }
    }

    [Fact]
    public void Saturation_hue_and_grayscale_leave_other_bands_as_they_are()
    {
        Image noise = Draw.Noise(5, 4, 4);
        Canvas canvas = Draw.On(noise), untouched = Draw.On(noise);
        new ColorJitter(Brightness: 0, Contrast: 0).Apply(new JitterChoice(true, new(0), 1, 1, 1.4f, 0.1f), canvas);
        new Grayscale().Apply(true, canvas);
        Assert.Equal(untouched.Pixels().All, canvas.Pixels().All);
    }

    [Fact]
    public void Contrast_of_other_bands_is_about_the_mean_of_all_samples()
    {
        Image noise = Draw.Noise(5, 4, 4);
        Canvas canvas = Draw.On(noise);
        new ColorJitter(Brightness: 0, Saturation: 0, Hue: 0).Apply(new JitterChoice(true, new(0), 1, 0.5f, 1, 0), canvas);
        double mean = noise.Samples.Average(static sample => sample / 255.0);
        Planes pixels = canvas.Pixels();
        for (int channel = 0; channel < 4; channel++)
            Assert.Equal(mean + 0.5 * (noise.Samples[channel] / 255.0 - mean), pixels.Plane(channel)[0], 1e-5);
    }

    private static void AssertEven(IEnumerable<float> values, double low, double high)
    {
        double[] all = [.. values.Select(value => (double)value)];
        double distance = Statistics.DistanceFromEven(all, low, high);
        Assert.True(distance < Statistics.Limit(all.Length), $"{low} .. {high}: {distance}");
    }
}
