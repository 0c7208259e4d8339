using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>Wrong parameters are named with their value and what they take.</summary>
public sealed class AugmentationParameterTests
{
    public static TheoryData<Func<Augmentation>, string, string> Wrong => new()
    {
        { () => new Flip(1.5f), "flip's chance is 1.5", "set chance to a number from 0 to 1" },
        { () => new Flip(float.NaN), "flip's chance is NaN", "set chance to a number from 0 to 1" },
        { () => new RandomResizedCrop(0), "randomResizedCrop's size is 0", "set size to a number from 1 to 4096" },
        { () => new RandomResizedCrop(100_000), "randomResizedCrop's size is 100000", "set size to a number from 1 to 4096" },
        { () => new RandomResizedCrop(8, Area: (0.5f, 0.2f)), "randomResizedCrop's area is 0.5 .. 0.2",
            "set area to two numbers, the lower first, above 0 and up to 1" },
        { () => new RandomResizedCrop(8, Area: (0, 1)), "randomResizedCrop's area is 0 .. 1",
            "set area to two numbers, the lower first, above 0 and up to 1" },
        { () => new RandomResizedCrop(8, Ratio: (-1, 1)), "randomResizedCrop's ratio is -1 .. 1",
            "set ratio to two numbers, the lower first, from 0.01 to 100" },
        { () => new ColorJitter(Hue: 0.7f), "colorJitter's hue is 0.7", "set hue to a number from 0 to 0.5" },
        { () => new ColorJitter(Brightness: -1), "colorJitter's brightness is -1", "set brightness to a number from 0 to 100" },
        { () => new GaussianBlur((0, 2)), "gaussianBlur's sigma is 0 .. 2",
            "set sigma to two numbers, the lower first, above 0 and up to 100" },
        { () => new GaussianBlur(Kernel: 4), "gaussianBlur's kernel is 4",
            "set kernel to an odd number up to 601, or to 0 to fit it to sigma" },
        { () => new GaussianBlur((1, 50), Reach: 10), "gaussianBlur's reach is 10, and 10 times a sigma of 50 is more than 300 pixels",
            "set reach to 6 or less, or lower sigma" },
        { () => new Solarize(2), "solarize's threshold is 2", "set threshold to a number from 0 to 1" },
        { () => new Rotation(270), "rotation's degrees is 270", "set degrees to a number from 0 to 180" },
        { () => new RandomCrop(8, -1), "randomCrop's padding is -1", "set padding to a number from 0 to 4096" },
    };

    [Theory, MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_parameter_is_named_with_its_value_and_what_it_takes(Func<Augmentation> make, string message, string fix)
    {
        ImagingException error = Assert.Throws<ImagingException>(() => new ViewPipeline([make()], ChannelStats.Half));
        Assert.Equal(("MS3101", message, fix), (error.Id, error.Message, error.Fix));
    }

    [Fact]
    public void Wrong_channel_statistics_are_named()
    {
        Assert.Equal("the channel statistics 'mine' have 3 means and 1 deviations",
            Assert.Throws<ImagingException>(() => new ViewPipeline([], new ChannelStats("mine", [0, 0, 0], [1]))).Message);
        Assert.Equal("the deviation of the channel statistics 'mine' is [0]",
            Assert.Throws<ImagingException>(() => new ViewPipeline([], new ChannelStats("mine", [0], [0]))).Message);
    }
}
