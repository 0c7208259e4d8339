using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

public sealed class RandomResizedCropTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Boxes_lie_in_the_picture_and_their_area_and_log_ratio_are_even()
    {
        ImageSize size = new(1000, 1000, 3);
        RandomResizedCrop crop = new(32, Area: (0.2f, 0.6f));
        double[] areas = new double[Draws], ratios = new double[Draws];
        for (int i = 0; i < Draws; i++)
        {
            CropBox box = Draw(crop, size, i);
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Left + box.Width <= 1000 && box.Top + box.Height <= 1000);
            areas[i] = box.Width * box.Height / 1e6;
            ratios[i] = Math.Log((double)box.Width / box.Height);
        }
        // no box of these is refused, so nothing distorts the distributions
        Assert.True(Statistics.DistanceFromEven(areas, 0.2, 0.6) < Statistics.Limit(Draws));
        Assert.True(Statistics.DistanceFromEven(ratios, Math.Log(3 / 4.0), Math.Log(4 / 3.0)) < Statistics.Limit(Draws));
    }

    [Fact]
    public void Places_are_even()
    {
        RandomResizedCrop crop = new(8, Area: (0.25f, 0.25f), Ratio: (1, 1));
        int[] lefts = new int[6], tops = new int[6];
        for (int i = 0; i < Draws; i++)
        {
            CropBox box = Draw(crop, new ImageSize(10, 10, 1), i);
            Assert.Equal((5, 5), (box.Width, box.Height));
            lefts[box.Left]++;
            tops[box.Top]++;
        }
        Assert.All(lefts.Concat(tops), count => Assert.InRange(count, Draws / 6 * 0.93, Draws / 6 * 1.07));
    }

    [Theory]
    [InlineData(1, 1, 0, 0, 1, 1)]
    [InlineData(1, 50, 0, 24, 1, 1)]     // 1 / 0.75 rounds to 1
    [InlineData(300, 3, 148, 0, 4, 3)]   // 3 · 4/3
    public void A_picture_too_narrow_for_any_box_gives_the_largest_allowed_box_in_its_middle(
        int width, int height, int left, int top, int w, int h)
    {
        RandomResizedCrop crop = new(8, Area: (0.9f, 1f));
        Assert.Equal(new CropBox(left, top, w, h), Draw(crop, new ImageSize(width, height, 3), 0));
    }

    [Fact]
    public void The_whole_picture_at_its_own_size_stays_as_it_is()
    {
        Image image = Augment.Draw.Noise(19, 19);
        Canvas canvas = Augment.Draw.On(image);
        new RandomResizedCrop(19).Apply(new CropBox(0, 0, 19, 19), canvas);
        Assert.All(Augment.Draw.Floats(canvas).Zip(image.Samples), pair => Assert.Equal(pair.Second / 255f, pair.First, tolerance: 1e-6f));
    }

    [Theory]
    [InlineData(Interpolation.Bilinear, 3), InlineData(Interpolation.Bicubic, 3)]
    [InlineData(Interpolation.Bilinear, 1), InlineData(Interpolation.Bicubic, 5)]
    public void Pixels_outside_the_box_never_count_and_one_color_stays_one_color(Interpolation interpolation, int channels)
    {
        byte[] color = [.. Enumerable.Range(0, channels).Select(channel => (byte)(40 + 50 * channel))];
        Image image = Augment.Draw.Noise(40, 30, channels);
        for (int y = 7; y < 20; y++)
            for (int x = 5; x < 33; x++)
                color.CopyTo(image.Row(y)[(x * channels)..]);
        Canvas canvas = Augment.Draw.On(image);
        new RandomResizedCrop(21, Interpolation: interpolation).Apply(new CropBox(5, 7, 28, 13), canvas);
        float[] floats = Augment.Draw.Floats(canvas);
        for (int i = 0; i < floats.Length; i++)
            Assert.Equal(color[i % channels] / 255f, floats[i], tolerance: 1e-6f);
    }

    [Fact]
    public void A_crop_gives_the_same_from_floats_as_from_bytes()
    {
        Image image = Augment.Draw.Noise(37, 29);
        CropBox box = new(4, 3, 30, 21);
        Canvas bytes = Augment.Draw.On(image), floats = Augment.Draw.On(image);
        floats.Pixels();
        new RandomResizedCrop(16).Apply(box, bytes);
        new RandomResizedCrop(16).Apply(box, floats);
        IEnumerable<(float First, float Second)> pairs = Augment.Draw.Floats(bytes).Zip(Augment.Draw.Floats(floats));
        Assert.All(pairs, pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-6f));
    }

    [Theory, InlineData(1, 1), InlineData(1, 9), InlineData(200, 2), InlineData(3, 5), InlineData(64, 48)]
    public void Any_picture_gives_a_view_of_the_size_asked_for(int width, int height)
    {
        foreach (int channels in (int[])[1, 3, 4])
            foreach (Interpolation interpolation in Enum.GetValues<Interpolation>())
            {
                Canvas canvas = Augment.Draw.On(Augment.Draw.Noise(width, height, channels));
                Rng rng = Rng.For(1);
                new RandomResizedCrop(24, Interpolation: interpolation).Run(ref rng, canvas);
                Assert.Equal(new ImageSize(24, 24, channels), canvas.Size);
                Assert.All(Augment.Draw.Floats(canvas), value => Assert.InRange(value, 0f, 1f + 1e-6f));
            }
    }

    private static CropBox Draw(RandomResizedCrop crop, ImageSize size, int sample)
    {
        Rng rng = Rng.For(11, sample: sample);
        return crop.Choose(ref rng, size);
    }
}
