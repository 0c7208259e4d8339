using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>Laws of the single operations.</summary>
public sealed class OperationTests
{
    [Theory, InlineData(0f), InlineData(0.3f), InlineData(1f)]
    public void Coins_fall_as_often_as_asked(float chance)
    {
        const int Draws = 10_000;
        int flips = 0, blurs = 0, grays = 0, suns = 0;
        for (int i = 0; i < Draws; i++)
        {
            Rng rng = Rng.For(2, sample: i);
            ImageSize size = new(4, 4, 3);
            flips += new Flip(chance).Choose(ref rng, size) ? 1 : 0;
            blurs += new GaussianBlur(Chance: chance).Choose(ref rng, size).Sigma > 0 ? 1 : 0;
            grays += new Grayscale(chance).Choose(ref rng, size) ? 1 : 0;
            suns += new Solarize(Chance: chance).Choose(ref rng, size) ? 1 : 0;
        }
        Assert.All([flips, blurs, grays, suns], count => Assert.InRange(count, Draws * chance - 160, Draws * chance + 160));
        if (chance is 0 or 1)
            Assert.All([flips, blurs, grays, suns], count => Assert.Equal(Draws * (int)chance, count));
    }

    [Fact]
    public void Sigma_is_even()
    {
        double[] sigmas = new double[10_000];
        for (int i = 0; i < sigmas.Length; i++)
        {
            Rng rng = Rng.For(3, sample: i);
            sigmas[i] = new GaussianBlur((0.1f, 2f), Chance: 1).Choose(ref rng, default).Sigma;
        }
        Assert.True(Statistics.DistanceFromEven(sigmas, 0.1, 2) < Statistics.Limit(sigmas.Length));
    }

    [Theory, InlineData(1), InlineData(3)]
    public void Blur_has_the_variance_it_says_and_keeps_the_mean(int channels)
    {
        Image dot = new(61, 61, channels);
        dot.Samples.AsSpan().Clear();
        dot.Row(30).Slice(30 * channels, channels).Fill(255);
        Canvas canvas = Draw.On(dot);
        new GaussianBlur(Kernel: 41).Apply(new BlurChoice(3), canvas);
        Planes blurred = canvas.Pixels();
        double sum = 0, across = 0, down = 0;
        for (int y = 0; y < 61; y++)
            for (int x = 0; x < 61; x++)
            {
                double value = blurred.Row(channels - 1, y)[x];
                (sum, across, down) = (sum + value, across + value * (x - 30) * (x - 30), down + value * (y - 30) * (y - 30));
            }
        Assert.Equal(1, sum, tolerance: 1e-5);
        Assert.Equal(9, across, tolerance: 1e-2);
        Assert.Equal(9, down, tolerance: 1e-2);
    }

    [Theory, InlineData(0.1f), InlineData(2f), InlineData(40f)]
    public void Blur_leaves_one_color_alone_even_where_its_kernel_is_wider_than_the_picture(float sigma)
    {
        Canvas canvas = Draw.On(Draw.Plain(5, 3, 10, 120, 250));
        new GaussianBlur().Apply(new BlurChoice(sigma), canvas);
        float[] floats = Draw.Floats(canvas);
        byte[] color = [10, 120, 250];
        Assert.All(Enumerable.Range(0, floats.Length), i => Assert.Equal(color[i % 3] / 255f, floats[i], tolerance: 1e-5f));
    }

    [Fact]
    public void Noise_is_normal_around_the_picture_and_differs_between_samples_and_seeds()
    {
        Canvas canvas = Draw.On(Draw.Plain(200, 200, 128)), other = Draw.On(Draw.Plain(200, 200, 128));
        new Noise(0.05f).Apply(new NoiseChoice(true, 1), canvas);
        new Noise(0.05f).Apply(new NoiseChoice(true, 2), other);
        double[] scaled = [.. Draw.Floats(canvas).Select(value => (value - 128 / 255.0) / 0.05)];
        Assert.Equal(0, scaled.Average(), tolerance: 0.02);
        Assert.Equal(1, scaled.Average(value => value * value), tolerance: 0.03);
        Assert.Equal(3, scaled.Average(value => value * value * value * value), tolerance: 0.2);
        Assert.Equal(0, scaled.Zip(scaled.Skip(1), (a, b) => a * b).Average(), tolerance: 0.02);
        Assert.Equal(0, scaled.Zip(Draw.Floats(other), (a, b) => a * (b - 128 / 255.0) / 0.05).Average(), tolerance: 0.02);
    }

    [Fact]
    public void Cutout_covers_its_square_and_nothing_else()
    {
        int reached = 0;
        for (int sample = 0; sample < 200; sample++)
        {
            Canvas canvas = Draw.On(Draw.Plain(20, 10, 255, 255, 255));
            Rng rng = Rng.For(5, sample: sample);
            CropBox box = new Cutout(6, 0, 1).Choose(ref rng, canvas.Size);
            (int right, int bottom) = (box.Left + box.Width, box.Top + box.Height);
            Assert.True(box.Left >= 0 && box.Top >= 0 && right <= 20 && bottom <= 10 && box.Width is >= 3 and <= 6);
            new Cutout(6, 0, 1).Apply(box, canvas);
            Assert.Equal(box.Width * box.Height * 3, Draw.Floats(canvas).Count(value => value == 0));
            reached |= (box.Left == 0 ? 1 : 0) | (box.Top == 0 ? 2 : 0) | (right == 20 ? 4 : 0) | (bottom == 10 ? 8 : 0);
        }
        Assert.Equal(15, reached);
    }

    [Fact]
    public void A_random_crop_shows_the_picture_or_its_black_border()
    {
        Image image = Draw.Plain(8, 8, 255);
        HashSet<CropBox> boxes = [];
        for (int sample = 0; sample < 2000; sample++)
        {
            Canvas canvas = Draw.On(image);
            Rng rng = Rng.For(6, sample: sample);
            CropBox box = new RandomCrop(8, 2).Choose(ref rng, canvas.Size);
            boxes.Add(box);
            new RandomCrop(8, 2).Apply(box, canvas);
            Assert.Equal((8 - Math.Abs(box.Left)) * (8 - Math.Abs(box.Top)), Draw.Floats(canvas).Sum(), tolerance: 1e-4);
        }
        Assert.Equal(25, boxes.Count);
    }

    [Fact]
    public void Sobel_measures_a_slope_in_both_directions()
    {
        Image slope = new(9, 7, 3);
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 9; x++)
                slope.Row(y).Slice(x * 3, 3).Fill((byte)(10 * x + 5 * y));
        Canvas canvas = Draw.On(slope);
        new Sobel().Apply(default, canvas);
        Assert.Equal(2, canvas.Size.Channels);
        Assert.Equal(2 * 10 / 255f, canvas.Pixels().Row(0, 3)[4], tolerance: 1e-5f);
        Assert.Equal(2 * 5 / 255f, canvas.Pixels().Row(1, 3)[4], tolerance: 1e-5f);
        Assert.Equal(0, canvas.Pixels().Row(0, 3)[0], tolerance: 1e-5f);
    }

    [Fact]
    public void The_center_fit_leaves_a_picture_of_its_size_alone_and_keeps_the_middle_of_others()
    {
        Image image = Draw.Noise(32, 32);
        Canvas same = Draw.On(image), split = Draw.On(Draw.Noise(50, 41)), fused = Draw.On(Draw.Noise(50, 41));
        new CenterFit(32).Apply(default, same);
        Assert.All(Draw.Floats(same).Zip(image.Samples), pair => Assert.Equal(pair.Second / 255f, pair.First, tolerance: 1e-7f));
        new CenterFit(28).Apply(default, fused);
        new Resize(32).Apply(default, split);
        new CenterCrop(28).Apply(default, split);
        Assert.Equal(Draw.Floats(split), Draw.Floats(fused));
    }

    [Fact]
    public void The_center_fit_crops_a_picture_that_needs_no_resizing()
    {
        Image image = Draw.Noise(32, 32);
        Canvas canvas = Draw.On(image);
        new CenterFit(28).Apply(default, canvas); // 28 / 0.875 = 32
        Assert.Equal(new ImageSize(28, 28, 3), canvas.Size);
        Assert.Equal(image.Row(2)[2 * 3] / 255f, canvas.Pixels().Row(0, 0)[0], tolerance: 1e-6f);
    }

    [Fact]
    public void A_turn_by_90_degrees_goes_against_the_clock()
    {
        Image image = Draw.Noise(5, 5, 1);
        Canvas canvas = Draw.On(image);
        new Rotation().Apply(new RotationChoice(90), canvas);
        Assert.Equal(image.Row(0)[4] / 255f, canvas.Pixels().Row(0, 0)[0], tolerance: 1e-5f); // the top right corner goes to the top left
        Assert.Equal(image.Row(4)[4] / 255f, canvas.Pixels().Row(0, 0)[4], tolerance: 1e-5f);
    }

    [Fact]
    public void A_turn_with_a_reflected_border_sees_the_picture_mirrored_at_its_outermost_pixels()
    {
        Image rows = new(5, 5, 1);
        for (int pixel = 0; pixel < 25; pixel++) rows.Samples[pixel] = (byte)(50 * (pixel / 5));
        Canvas reflected = Draw.On(rows), black = Draw.On(rows);
        new Rotation(Border: Border.Reflected).Apply(new RotationChoice(45), reflected);
        new Rotation().Apply(new RotationChoice(45), black);
        float beyond = 2 * MathF.Sqrt(2) - 2;                           // the corner comes from so far above the top row
        Assert.Equal(50 * beyond / 255, reflected.Pixels().Row(0, 0)[0], tolerance: 1e-5f);
        Assert.Equal(0, black.Pixels().Row(0, 0)[0]);
        Assert.Equal(50 * (4 - beyond) / 255, reflected.Pixels().Row(0, 4)[4], tolerance: 1e-5f);
        Assert.Equal(black.Pixels().Row(0, 2)[2], reflected.Pixels().Row(0, 2)[2]);
    }
}
