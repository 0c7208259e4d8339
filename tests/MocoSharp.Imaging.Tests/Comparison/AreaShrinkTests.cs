using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Imaging.Tests.Comparison;

public sealed class AreaShrinkTests
{
    [Theory, InlineData(100, 0, 100, 64), InlineData(28, 0, 28, 64), InlineData(64, 3.2, 60.8, 32), InlineData(1, 0, 1, 5)]
    public void A_new_pixel_is_the_integral_over_what_it_covers(int old, double start, double length, int count)
    {
        AreaTaps taps = new(old, start, length, count);
        float[] line = [.. Enumerable.Range(0, old).Select(static x => (float)(x * x % 37))], along = new float[count], down = new float[1];
        taps.Means(line, along);
        for (int i = 0; i < count; i++)
        {
            double from = start + i * length / count, to = start + (i + 1) * length / count;
            double expected = (Integral(line, to) - Integral(line, from)) / (to - from);
            taps.Mean(i, line, down);
            Assert.Equal(expected, along[i], 1e-3);
            Assert.Equal(expected, down[0], 1e-3);
        }
    }

    [Fact]
    public void Both_directions_are_resampled_and_a_halved_picture_is_the_mean_of_four()
    {
        float[] plane = [.. Enumerable.Range(0, 6 * 4).Select(static i => (float)(i * i))], made = new float[3 * 2];
        AreaShrink.Run(plane, 6, new AreaTaps(6, 0, 6, 3), new AreaTaps(4, 0, 4, 2), made);
        for (int y = 0; y < 2; y++)
            for (int x = 0; x < 3; x++)
                Assert.Equal((At(2 * x, 2 * y) + At(2 * x + 1, 2 * y) + At(2 * x, 2 * y + 1) + At(2 * x + 1, 2 * y + 1)) / 4,
                    made[y * 3 + x], 1e-3f);
        float At(int x, int y) => plane[y * 6 + x];
    }

    private static double Integral(float[] line, double to)
    {
        double sum = 0;
        for (int x = 0; x < line.Length; x++) sum += line[x] * Math.Clamp(to - x, 0, 1);
        return sum;
    }
}
