using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Tests.Augment;

public sealed class RandomCropTests
{
    [Theory, InlineData(32, 0), InlineData(24, 1)]
    public void A_picture_smaller_than_the_square_is_refused(int size, int padding)
    {
        Rng rng = Rng.For(1);
        ImagingException error = Assert.Throws<ImagingException>(() => new RandomCrop(size, padding)
            .Choose(ref rng, new ImageSize(40, 20, 3)));
        Assert.Equal(ErrorIds.TooSmallToCrop, error.Id);
        Assert.Equal($"set size to {20 + 2 * padding} or less, put a resize before it, or take randomResizedCrop", error.Fix);
    }

    [Fact]
    public void Views_of_such_a_picture_stop_with_its_name_and_the_mend()
    {
        using MemorySource source = new();
        ViewRecipe views = ViewRecipe.Same(1, new ViewPipeline([new RandomCrop(16, 0)], ChannelStats.Half));
        ImagingException error = Assert.Throws<ImagingException>(() =>
        {
            foreach (ViewBatch batch in new ViewLoader(source, views, new LoaderOptions { BatchSize = 2 }).Epoch(0)) batch.Dispose();
        });
        Assert.Equal(ErrorIds.TooSmallToCrop, error.Id);
        Assert.StartsWith("picture", error.At, StringComparison.Ordinal);
        Assert.StartsWith("set size to 8 or less", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stand_in_that_is_too_small_is_named_and_not_the_unreadable_picture_it_stands_for()
    {
        Loading.MemorySource source = new(2, side: 8) { Broken = [0] };
        ViewRecipe views = ViewRecipe.Same(1, new ViewPipeline([new RandomCrop(16, 0)], ChannelStats.Half));
        ImagingException error = Assert.Throws<ImagingException>(() =>
        {
            foreach (ViewBatch batch in new ViewLoader(source, views, new LoaderOptions { BatchSize = 2, MaximumBadShare = 0.9f }).Epoch(0))
                batch.Dispose();
        });
        Assert.Equal(source.Name(1), error.At);
    }

    // torch.nn.functional.pad(mode="reflect"): 0 1 2 3 becomes 2 1 | 0 1 2 3 | 2 1
    [Fact]
    public void A_reflected_border_mirrors_the_picture_at_its_outermost_pixels()
    {
        Image image = new(4, 4, 1);
        for (int i = 0; i < 16; i++) image.Samples[i] = (byte)(10 * (i / 4) + i % 4);
        Canvas canvas = Draw.On(image);
        new RandomCrop(8, 2, Border.Reflected).Apply(new CropBox(-2, -2, 8, 8), canvas);
        int[] order = [2, 1, 0, 1, 2, 3, 2, 1];
        float[] expected = [.. order.SelectMany(y => order.Select(x => (10 * y + x) / 255f))];
        Assert.Equal(expected, Draw.Floats(canvas).ToArray(), static (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void A_box_within_the_reflected_border_shows_the_mirrored_picture()
    {
        Image image = new(6, 6, 1);
        for (int i = 0; i < 36; i++) image.Samples[i] = (byte)(10 * (i / 6) + i % 6);
        Canvas canvas = Draw.On(image);
        new RandomCrop(2, 4, Border.Reflected).Apply(new CropBox(-4, 6, 2, 2), canvas);      // left of it and below: columns 4 3, rows 4 3
        Assert.Equal([44 / 255f, 43 / 255f, 34 / 255f, 33 / 255f], Draw.Floats(canvas).ToArray(), static (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void A_border_as_wide_as_the_picture_cannot_be_reflected()
    {
        Rng rng = Rng.For(1);
        Assert.Equal("set padding below the smaller side, or border to black",
            Assert.Throws<ImagingException>(() => new RandomCrop(8, 8, Border.Reflected).Choose(ref rng, new ImageSize(8, 9, 3))).Fix);
    }

    [Fact]
    public void Where_chance_does_not_move_it_the_middle_is_cut()
    {
        int moved = 0;
        for (int sample = 0; sample < 4000; sample++)
        {
            Rng rng = Rng.For(3, sample: sample);
            CropBox box = new RandomCrop(8, 4, Chance: 0.8f).Choose(ref rng, new ImageSize(8, 8, 3));
            if (box != new CropBox(0, 0, 8, 8)) moved++;
        }
        Assert.InRange(moved, 4000 * 0.8 * 80 / 81 - 120, 4000 * 0.8 * 80 / 81 + 120);       // one place in 81 is the middle itself
    }

    // a flip for both views, noise for each: AMDIM's
    [Fact]
    public void Shared_first_steps_draw_once_for_all_views_and_the_rest_for_each()
    {
        ViewPipeline view = new([new Flip(0.5f), new RandomCrop(8, 4)], ChannelStats.AsIs) { SharedDraws = 0, SharedSteps = 1 };
        ViewRecipe views = ViewRecipe.Same(2, view);
        int flips = 0, equal = 0;
        for (int sample = 0; sample < 400; sample++)
        {
            ViewDraws first = views.Draws(5, 0, sample, 0), second = views.Draws(5, 0, sample, 1);
            bool one = new Flip(0.5f).Choose(ref first.Shared, default), two = new Flip(0.5f).Choose(ref second.Shared, default);
            Assert.Equal(one, two);
            flips += one ? 1 : 0;
            equal += new RandomCrop(8, 4).Choose(ref first.Own, new ImageSize(8, 8, 3)) == new RandomCrop(8, 4)
                .Choose(ref second.Own, new ImageSize(8, 8, 3)) ? 1 : 0;
        }
        Assert.InRange(flips, 150, 250);
        Assert.InRange(equal, 0, 20);
    }

    // rendered from both streams: the shared step from the one, the others from the other
    [Fact]
    public void A_view_renders_its_shared_steps_from_the_shared_stream()
    {
        Image image = new(8, 8, 1);
        for (int i = 0; i < 64; i++) image.Samples[i] = (byte)i;
        ViewPipeline shared = new([new Flip(0.5f)], ChannelStats.AsIs) { SharedDraws = 0, SharedSteps = 1 };
        ViewRecipe views = ViewRecipe.Same(2, shared);
        int flipped = 0;
        for (int sample = 0; sample < 50; sample++)
        {
            float[] first = new float[64], second = new float[64];
            ViewDraws one = views.Draws(5, 0, sample, 0), two = views.Draws(5, 0, sample, 1);
            shared.Render(image, ref one, new Canvas(), first);
            shared.Render(image, ref two, new Canvas(), second);
            Assert.Equal(first, second);
            if (first[0] > 0) flipped++;
        }
        Assert.InRange(flipped, 10, 40);
    }

    private sealed class MemorySource : IImageSource
    {
        public int Count => 4;

        public IReadOnlyList<string> Classes => [];

        public string Name(int index) => $"picture{index}.png";

        public int Label(int index) => -1;

        public Image Load(int index, DecodeRequest request) => new(8, 8, 3);

        public void Dispose()
        {
        }
    }
}
