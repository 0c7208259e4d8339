using MocoSharp.Imaging.Comparison;
using MocoSharp.Testing;

namespace MocoSharp.Imaging.Tests.Comparison;

public sealed class PictureComparisonTests
{
    private const int Wide = Scenes.Wide, High = Scenes.High;

    [Fact]
    public void Equal_pixels_are_told_and_one_sample_makes_the_difference()
    {
        Image one = Scenes.Of(1), other = Copy(one);
        Assert.Equal(new Likeness(1, PictureChange.None), Compare(one, other));
        Assert.Equal("equal pixels", Compare(one, other).Why);
        other.Samples[777]++;
        Assert.Equal(PictureChange.Reencoded, Compare(one, other).Changes);
        Image high = new(2, 3, 1, new byte[6]), wide = new(3, 2, 1, new byte[6]);
        Assert.NotEqual(PictureSketch.Of(high).Checksum, PictureSketch.Of(wide).Checksum);
    }

    [Theory]
    [InlineData("re-encoded"), InlineData("resized"), InlineData("mirrored"), InlineData("brightness"), InlineData("cropped")]
    public void Each_change_is_found_and_named_alone(string change)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Image one = Scenes.Of(seed), other = Scenes.Changed(one, change);
            Likeness likeness = Compare(one, other), turned = Compare(other, one);
            Assert.True(likeness.Correlation >= Likeness.Same, $"{change} {seed}: {likeness}");
            Assert.Equal(change, likeness.Why);
            Assert.Equal(likeness.Changes, turned.Changes);
            Assert.Equal(likeness.Correlation, turned.Correlation, 1e-4);
        }
    }

    [Fact]
    public void Changes_that_come_together_are_told_together()
    {
        Image one = Scenes.Of(3);
        Assert.Equal("mirrored, brightness", Compare(one, Scenes.Changed(Scenes.Changed(one, "mirrored"), "brightness")).Why);
        Assert.Equal("mirrored, cropped", Compare(one, Scenes.Changed(Scenes.Changed(one, "mirrored"), "cropped")).Why);
        Likeness all = Compare(one, Scenes.Changed(Scenes.Changed(Scenes.Changed(one, "cropped"), "brightness"), "re-encoded"));
        Assert.Equal(("brightness, cropped", true), (all.Why, all.Correlation >= Likeness.Same));
    }

    [Fact]
    public void A_picture_that_was_moved_is_cropped_on_both_sides()
    {
        Image one = Scenes.Of(4);
        int shift = Wide / 20, kept = Wide - shift;
        Likeness likeness = Compare(Scenes.Crop(one, 0, 0, kept, High), Scenes.Crop(one, shift, 0, kept, High));
        Assert.Equal((PictureChange.Cropped, true), (likeness.Changes, likeness.Correlation >= Likeness.Same));
    }

    [Fact]
    public void Other_scenes_and_a_cut_that_is_too_deep_are_not_the_same()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.InRange(Compare(Scenes.Of(seed), Scenes.Of(seed + 1)).Correlation, -1, 0.8);
        Image one = Scenes.Of(5);
        Assert.InRange(Compare(one, Scenes.Crop(one, 40, 30, Wide - 60, High - 40)).Correlation, -1, Likeness.Same - 0.01);
    }

    [Fact]
    public void Of_flat_pictures_only_equal_pixels_tell()
    {
        Image black = Flat(0), gray = Flat(90);
        Assert.True(PictureSketch.Of(gray).IsFlat);
        Assert.Equal(0, Compare(black, gray).Correlation);
        Assert.Equal(PictureChange.None, Compare(gray, Flat(90)).Changes);
        Assert.Equal(0, Compare(Scenes.Of(1), gray).Correlation);
    }

    [Fact]
    public void Gray_pictures_and_tiny_ones_are_compared_too()
    {
        Image color = Scenes.Of(6), gray = new(Wide, High, 1);
        for (int i = 0; i < gray.Samples.Length; i++)
        {
            ReadOnlySpan<byte> one = color.Samples.AsSpan(3 * i, 3);
            gray.Samples[i] = (byte)(0.299 * one[0] + 0.587 * one[1] + 0.114 * one[2] + 0.5);
        }
        Assert.Equal("re-encoded", Compare(color, gray).Why);
        Assert.InRange(Compare(color, gray).Correlation, 0.999, 1);
        Assert.InRange(Compare(Scenes.Crop(color, 0, 0, 20, 20), Scenes.Crop(color, 0, 0, 20, 20)).Correlation, 1, 1);
    }

    private static Likeness Compare(Image one, Image other) => PictureComparison.Compare(PictureSketch.Of(one), PictureSketch.Of(other));

    private static Image Copy(Image image) => Scenes.Crop(image, 0, 0, image.Width, image.Height);

    private static Image Flat(byte value)
    {
        Image image = new(40, 40, 3);
        image.Samples.AsSpan().Fill(value);
        return image;
    }
}
