using MocoSharp.Imaging;

namespace MocoSharp.Testing;

/// <summary>Pictures with one fault each, and plain ones without any.</summary>
internal static class Faults
{
    internal static IReadOnlyList<string> All { get; } =
        ["near-empty", "odd size", "odd aspect", "dark", "bright", "blurry", "low information", "gray among color"];

    /// <summary>A scene with grain.</summary>
    internal static Image Plain(ulong seed)
    {
        Image image = Scenes.Of(seed);
        Rng rng = Rng.For(seed, epoch: 1);
        for (int i = 0; i < image.Samples.Length; i++)
            image.Samples[i] = (byte)Math.Clamp(image.Samples[i] + rng.NextInt32(41) - 20, 0, 255);
        return image;
    }

    internal static Image With(string fault, ulong seed) => fault switch
    {
        "near-empty" => Mapped(Plain(seed), static value => 90 + value / 128),
        "odd size" => Resized(Plain(seed), Scenes.Wide / 8, Scenes.High / 8),
        "odd aspect" => Resized(Plain(seed), 2 * Scenes.Wide, 2 * Scenes.High / 5),
        "dark" => Mapped(Plain(seed), static value => value / 6),
        "bright" => Mapped(Plain(seed), static value => 215 + value / 7),
        "blurry" => Blurred(Blurred(Scenes.Of(seed), 5), 5),
        "low information" => TwoColors(Plain(seed)),
        "gray among color" => Gray(Plain(seed)),
        _ => throw new ArgumentException("There is no such fault.", nameof(fault)),
    };

    private static Image Mapped(Image image, Func<int, int> value)
    {
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)value(image.Samples[i]);
        return image;
    }

    private static Image Gray(Image image)
    {
        for (int i = 0; i < image.Samples.Length; i += 3) image.Samples.AsSpan(i, 3).Fill(image.Samples[i + 1]);
        return image;
    }

    private static Image TwoColors(Image image)
    {
        for (int i = 0; i < image.Samples.Length; i += 3)
            ((ReadOnlySpan<byte>)(image.Samples[i] < 90 ? [10, 20, 60] : [240, 200, 180])).CopyTo(image.Samples.AsSpan(i));
        return image;
    }

    private static Image Resized(Image image, int width, int height)
    {
        Image made = new(width, height, 3);
        for (int y = 0; y < height; y++)
            for (int i = 0; i < 3 * width; i++)
                made.Row(y)[i] = image.Row(y * image.Height / height)[3 * (i / 3 * image.Width / width) + i % 3];
        return made;
    }

    private static Image Blurred(Image image, int radius)
    {
        Image made = new(image.Width, image.Height, 3);
        for (int y = 0; y < image.Height; y++)
            for (int i = 0; i < 3 * image.Width; i++)
            {
                int sum = 0, count = 0;
                for (int dy = -radius; dy <= radius; dy++)
                    for (int dx = -radius; dx <= radius; dx++)
                    {
                        int x = Math.Clamp(i / 3 + dx, 0, image.Width - 1), row = Math.Clamp(y + dy, 0, image.Height - 1);
                        sum += image.Row(row)[3 * x + i % 3];
                        count++;
                    }
                made.Row(y)[i] = (byte)(sum / count);
            }
        return made;
    }
}
