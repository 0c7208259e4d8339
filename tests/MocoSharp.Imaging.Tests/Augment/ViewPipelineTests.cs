using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

public sealed class ViewPipelineTests
{
    [Theory, InlineData(1, 1), InlineData(3, 3), InlineData(5, 3), InlineData(8, 3), InlineData(19, 3), InlineData(6, 2), InlineData(9, 1)]
    public void A_view_is_interleaved_normalized_and_mirrored(int width, int channels)
    {
        Image image = Draw.Noise(width, 4, channels);
        IEnumerable<int> numbers = Enumerable.Range(1, channels);
        ChannelStats stats = new("mine", [.. numbers.Select(i => i / 10f)], [.. numbers.Select(i => i / 4f)]);
        foreach (bool mirrored in (bool[])[false, true])
        {
            float[] view = new float[image.Samples.Length];
            Rng rng = Rng.For(1);
            new ViewPipeline([new Flip(mirrored ? 1 : 0)], stats).Render(image, ref rng, new Canvas(), view);
            for (int y = 0, i = 0; y < 4; y++)
                for (int x = 0; x < width; x++)
                    for (int channel = 0; channel < channels; channel++, i++)
                    {
                        float sample = image.Row(y)[(mirrored ? width - 1 - x : x) * channels + channel] / 255f;
                        Assert.Equal((sample - stats.Mean[channel]) / stats.Deviation[channel], view[i], tolerance: 2e-6f);
                    }
        }
    }

    [Fact]
    public void Two_flips_cancel()
    {
        Image image = Draw.Noise(7, 3);
        Canvas canvas = Draw.On(image);
        canvas.Mirror();
        canvas.Mirror();
        Assert.Equal(image.Samples.Select(sample => sample * (1 / 255f)), Draw.Floats(canvas));
    }

    [Fact]
    public void Room_of_another_size_is_refused()
    {
        Rng rng = Rng.For(1);
        ViewPipeline view = new([], ChannelStats.Half);
        Assert.Throws<ArgumentException>(() => view.Render(Draw.Noise(4, 4), ref rng, new Canvas(), new float[4 * 4 * 3 - 1]));
    }

    [Fact]
    public void A_whole_recipe_replays_from_its_choices()
    {
        foreach (ViewPipeline view in ViewRecipes.MoCoV3(16).Views)
        {
            Image image = Draw.Noise(30, 40);
            float[] first = new float[16 * 16 * 3], again = new float[first.Length];
            Rng rng = Rng.For(1, 2, 3, 4), same = rng;
            view.Render(image, ref rng, new Canvas(), first);
            IReadOnlyList<object> choices = view.Choose(ref same, new ImageSize(30, 40, 3));
            view.Replay(choices, image, new Canvas(), again);
            Assert.Equal(first, again);
            Assert.Equal(view.Steps.Count, choices.Count);
            Assert.IsType<JitterChoice>(choices[1]);
        }
    }
}
