using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging;

/// <summary>A picture of the same scene by other means: a height map, a map of classes. As large as the picture that it belongs
/// to.</summary>
public sealed class Partner
{
    private Partner(Image? plain, DeepImage? deep, IReadOnlyList<(byte Red, byte Green, byte Blue)> colors) =>
        (Plain, Deep, Colors) = (plain, deep, colors);

    /// <summary>8-bit samples; of a map of classes one sample a pixel, the class.</summary>
    internal Image? Plain { get; }

    /// <summary>16-bit samples.</summary>
    internal DeepImage? Deep { get; }

    /// <summary>Of a map of classes, each class's color; empty otherwise.</summary>
    public IReadOnlyList<(byte Red, byte Green, byte Blue)> Colors { get; }

    /// <summary>Of a map of classes, the number of each pixel's class in one channel; null otherwise. Do not change it.</summary>
    public Image? ClassMap => Colors.Count > 0 ? Plain : null;

    /// <summary>Columns.</summary>
    public int Width => Plain?.Width ?? Deep!.Width;

    /// <summary>Rows.</summary>
    public int Height => Plain?.Height ?? Deep!.Height;

    /// <summary>Channels that a view of it has: one a class for a map of classes.</summary>
    public int Channels => Colors.Count > 0 ? Colors.Count : Plain?.Channels ?? Deep!.Channels;

    /// <summary>What it takes in memory.</summary>
    internal long Bytes => (Plain?.Samples.Length ?? 0) + 2L * (Deep?.Samples.Length ?? 0);

    /// <summary>An ordinary picture.</summary>
    public static Partner Of(Image picture) => new(picture, null, []);

    /// <summary>A picture with 16 bits a sample.</summary>
    public static Partner Of(DeepImage picture) => new(null, picture, []);

    /// <summary>A map of classes.</summary>
    /// <param name="map">One channel: the number of each pixel's class.</param>
    /// <param name="colors">One a class, for people to look at.</param>
    public static Partner OfClasses(Image map, IReadOnlyList<(byte Red, byte Green, byte Blue)> colors) => new(map, null, colors);
}
