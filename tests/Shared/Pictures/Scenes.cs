using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Testing;

/// <summary>Pictures with shapes, no two alike, and what people do to pictures.</summary>
internal static class Scenes
{
    internal const int Wide = 150, High = 110;

    /// <summary>Soft disks of many sizes and colors on a slope of brightness.</summary>
    internal static Image Of(ulong seed)
    {
        Rng rng = Rng.For(seed);
        Image image = new(Wide, High, 3);
        double[][] disks = [.. Enumerable.Range(0, 14).Select(_ => new[] { rng.NextDouble() * Wide, rng.NextDouble() * High,
            6 + rng.NextDouble() * 22, rng.NextDouble() * 200, rng.NextDouble() * 200, rng.NextDouble() * 200 })];
        for (int y = 0; y < High; y++)
            for (int i = 0; i < 3 * Wide; i++)
            {
                double value = 40 + 60.0 * y / High;
                foreach (double[] disk in disks)
                {
                    double distance = Math.Sqrt(Math.Pow(i / 3 - disk[0], 2) + Math.Pow(y - disk[1], 2));
                    value += Math.Clamp((disk[2] - distance) / 3, 0, 1) * (disk[3 + i % 3] - value);
                }
                image.Row(y)[i] = (byte)value;
            }
        return image;
    }

    /// <summary>re-encoded at quality 60, resized to 0.7, mirrored, brightness times 1.2, or cropped by 5%.</summary>
    internal static Image Changed(Image image, string change) => change switch
    {
        "re-encoded" => ImageDecoder.Decode(ImageEncoder.Jpeg(image, 60), default, "a"),
        "resized" => Mapped(image, 7 * Wide / 10, 7 * High / 10,
            static (from, x, y, channel) => from.Row(y * 10 / 7)[3 * (x * 10 / 7) + channel]),
        "mirrored" => Mapped(image, image.Width, image.Height,
            static (from, x, y, channel) => from.Row(y)[3 * (from.Width - 1 - x) + channel]),
        "brightness" => Mapped(image, image.Width, image.Height,
            static (from, x, y, channel) => (byte)Math.Min(255, 1.2 * from.Row(y)[3 * x + channel])),
        "cropped" => Crop(image, Wide / 20, High / 40, Wide - Wide / 20, High - High / 20),
        _ => throw new ArgumentException("There is no such change.", nameof(change)),
    };

    internal static Image Crop(Image image, int left, int top, int width, int height) =>
        Mapped(image, width, height, (from, x, y, channel) => from.Row(top + y)[3 * (left + x) + channel]);

    private static Image Mapped(Image image, int width, int height, Func<Image, int, int, int, byte> sample)
    {
        Image made = new(width, height, 3);
        for (int y = 0; y < height; y++)
            for (int i = 0; i < 3 * width; i++) made.Row(y)[i] = sample(image, i / 3, y, i % 3);
        return made;
    }
}
