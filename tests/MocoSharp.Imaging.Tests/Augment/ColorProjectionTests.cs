using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>No picture may keep what chromatic aberration leaves between green and magenta.</summary>
public sealed class ColorProjectionTests
{
    // the matrix of the authors of the jigsaw puzzles, from their data layer; rows make red, green and blue
    private static readonly double[][] s_matrix =
        [[5 / 6.0, 1 / 3.0, -1 / 6.0], [1 / 3.0, 1 / 3.0, 1 / 3.0], [-1 / 6.0, 1 / 3.0, 5 / 6.0]];

    [Fact]
    public void It_is_the_matrix_of_the_papers()
    {
        Image image = Draw.Noise(19, 7);
        (float[] before, float[] after) = (Shown(image, 0), Shown(image, 1));
        for (int pixel = 0; pixel < before.Length; pixel += 3)
            for (int channel = 0; channel < 3; channel++)
                Assert.Equal(s_matrix[channel].Select((weight, from) => weight * before[pixel + from]).Sum(), after[pixel + channel],
                    tolerance: 1e-6);
    }

    // a picture whose green lies two pixels to the right of its red and blue, as behind a lens
    [Fact]
    public void A_fringe_of_green_becomes_gray()
    {
        Image image = new(24, 24, 3);
        for (int y = 0; y < 24; y++)
            for (int x = 0; x < 24; x++)
                for (int channel = 0; channel < 3; channel++)
                    image.Samples[(y * 24 + x) * 3 + channel] = (byte)(x >= (channel == 1 ? 14 : 12) ? 200 : 20);
        float[] fringed = Shown(image, 0), after = Shown(image, 1);
        Assert.Contains(Enumerable.Range(0, 24 * 24), i => Math.Abs(fringed[3 * i] - fringed[3 * i + 1]) > 0.5);
        Assert.All(Enumerable.Range(0, 24 * 24), i =>
        {
            Assert.Equal(after[3 * i], after[3 * i + 1], tolerance: 1e-6f);
            Assert.Equal(after[3 * i], after[3 * i + 2], tolerance: 1e-6f);
        });
    }

    [Fact]
    public void Lightness_is_the_first_channel_of_lab()
    {
        Image image = Draw.Noise(19, 7);
        Rng rng = Rng.For(1);
        float[] lab = new float[19 * 7 * 3], light = new float[19 * 7];
        new ViewPipeline([new ColorSpace()], ChannelStats.Lab).Render(image, ref rng, new Canvas(), lab);
        new ViewPipeline([new Lightness()], ChannelStats.Half).Render(image, ref rng, new Canvas(), light);
        Assert.Equal(lab.Where(static (_, i) => i % 3 == 0), light);
    }

    private static float[] Shown(Image image, float chance)
    {
        float[] view = new float[image.Width * image.Height * 3];
        Rng rng = Rng.For(1);
        new ViewPipeline([new ColorProjection(chance)], ChannelStats.AsIs).Render(image, ref rng, new Canvas(), view);
        return view;
    }
}
