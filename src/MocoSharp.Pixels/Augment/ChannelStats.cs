using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Mean and standard deviation of a data set's channels, on the scale 0 to 1: the encoder gets (x − mean) / deviation.</summary>
/// <param name="Name">The name in recipes.</param>
/// <param name="Mean">One value a channel, or one for all.</param>
/// <param name="Deviation">As many values, each above 0.</param>
public sealed record ChannelStats(
    string Name, [Bounds(-1000, 1000)] IReadOnlyList<float> Mean, [Bounds(0.000001, 1000)] IReadOnlyList<float> Deviation)
{
    /// <summary>ImageNet's training set.</summary>
    public static ChannelStats ImageNet { get; } = new("imageNet", [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>CIFAR-10's training set.</summary>
    public static ChannelStats Cifar10 { get; } = new("cifar10", [0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>The widespread CIFAR-10 values whose deviation is a mean over pictures: MoCo's CIFAR demo has them.</summary>
    public static ChannelStats Cifar10Demo { get; } = new("cifar10Demo", [0.4914f, 0.4822f, 0.4465f], [0.2023f, 0.1994f, 0.2010f]);

    /// <summary>STL-10.</summary>
    public static ChannelStats Stl10 { get; } = new("stl10", [0.4313f, 0.4156f, 0.3663f], [0.2683f, 0.2610f, 0.2687f]);

    /// <summary>Fashion-MNIST's training set; one channel.</summary>
    public static ChannelStats FashionMnist { get; } = new("fashionMnist", [0.2860f], [0.3530f]);

    /// <summary>MNIST's training set; one channel.</summary>
    public static ChannelStats Mnist { get; } = new("mnist", [0.1307f], [0.3081f]);

    /// <summary>Lab as <see cref="ColorSpace"/> gives it: L − 50 over 50, a − 6.025 over 92.208, b + 6.6895 over 101.1675.
    /// HobbitLong/CMC.</summary>
    public static ChannelStats Lab { get; } =
        new("lab", [0.5f, (6.025f + 128) / 255, (-6.6895f + 128) / 255], [0.5f, 92.208f / 255, 101.1675f / 255]);

    /// <summary>YCbCr as <see cref="ColorSpace"/> gives it. HobbitLong/CMC.</summary>
    public static ChannelStats YCbCr { get; } =
        new("ycbcr", [116.151f / 255, 121.080f / 255, 132.342f / 255], [109.5f / 255, 111.855f / 255, 111.964f / 255]);

    /// <summary>0 to 1 becomes −1 to 1; any number of channels.</summary>
    public static ChannelStats Half { get; } = new("half", [0.5f], [0.5f]);

    /// <summary>Values stay as they are; any number of channels.</summary>
    public static ChannelStats AsIs { get; } = new("asIs", [0f], [1f]);

    /// <summary>The named ones.</summary>
    public static IReadOnlyDictionary<string, ChannelStats> All { get; } =
        new[] { ImageNet, Cifar10, Cifar10Demo, Stl10, FashionMnist, Mnist, Lab, YCbCr, Half, AsIs }.ToDictionary(stats => stats.Name);

    /// <summary>Checks that the values belong together.</summary>
    /// <exception cref="ImagingException">MS3104: counts differ, or a value is out of its bounds.</exception>
    public void Check()
    {
        if (Mean.Count == 0 || Mean.Count != Deviation.Count)
            throw new ImagingException(ErrorIds.BadChannelStats,
                $"the channel statistics '{Name}' have {Mean.Count} means and {Deviation.Count} deviations", at: Name,
                fix: "give one of each a channel, or one of each for all channels");
        if (Bounds.Broken(this) is { } broken)
            throw new ImagingException(ErrorIds.BadChannelStats,
                $"the {broken.Path} of the channel statistics '{Name}' is [{string.Join(", ", (IReadOnlyList<float>)broken.Value!)}]",
                at: Name,
                fix: $"set it to {broken.Takes}");
    }

    /// <summary>Whether pictures of so many channels can be normalized by these.</summary>
    public bool Fits(int channels) => Mean.Count == 1 || Mean.Count == channels;

    internal Affine Affine(int channel)
    {
        int at = Mean.Count == 1 ? 0 : channel;
        return new(1 / Deviation[at], -Mean[at] / Deviation[at]);
    }
}
