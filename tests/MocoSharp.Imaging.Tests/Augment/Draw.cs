using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Tests.Augment;

/// <summary>Pictures to work on, and what became of them.</summary>
internal static class Draw
{
    /// <summary>Random samples.</summary>
    public static Image Noise(int width, int height, int channels = 3, ulong seed = 5)
    {
        Image image = new(width, height, channels);
        Rng rng = Rng.For(seed);
        foreach (ref byte sample in image.Samples.AsSpan())
            sample = (byte)rng.NextInt32(256);
        return image;
    }

    /// <summary>One color.</summary>
    public static Image Plain(int width, int height, params byte[] color)
    {
        Image image = new(width, height, color.Length);
        for (int i = 0; i < image.Samples.Length; i++)
            image.Samples[i] = color[i % color.Length];
        return image;
    }

    public static Canvas On(Image image)
    {
        Canvas canvas = new();
        canvas.Load(image);
        return canvas;
    }

    /// <summary>The picture as it is now, [Height, Width, Channels], 0 to 1.</summary>
    public static float[] Floats(Canvas canvas)
    {
        Planes pixels = canvas.Pixels();
        float[] floats = new float[pixels.Size.Samples];
        for (int y = 0, i = 0; y < pixels.Height; y++)
            for (int x = 0; x < pixels.Width; x++)
                for (int channel = 0; channel < pixels.Channels; channel++)
                    floats[i++] = pixels.Row(channel, y)[x];
        return floats;
    }
}
