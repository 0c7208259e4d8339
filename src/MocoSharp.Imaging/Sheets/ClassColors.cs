using MocoSharp.Imaging.Augment;

namespace MocoSharp.Imaging.Sheets;

/// <summary>Shows a view of a map of classes in the classes' colors.</summary>
internal static class ClassColors
{
    /// <summary>Each pixel is the mean of the colors, weighted by the classes' planes.</summary>
    internal static Image Paint(IReadOnlyList<(byte Red, byte Green, byte Blue)> colors, ReadOnlySpan<float> values, ImageSize size,
        ChannelStats stats)
    {
        Image picture = new(size.Width, size.Height, 3);
        for (int pixel = 0; pixel < size.Width * size.Height; pixel++)
        {
            float red = 0, green = 0, blue = 0;
            for (int kind = 0; kind < colors.Count; kind++)
            {
                int at = stats.Mean.Count == 1 ? 0 : kind;
                float share = (values[pixel * colors.Count + kind] * stats.Deviation[at] + stats.Mean[at]) / 255f;
                (red, green, blue) = (red + share * colors[kind].Red, green + share * colors[kind].Green, blue + share * colors[kind].Blue);
            }
            Span<byte> to = picture.Samples.AsSpan(3 * pixel);
            (to[0], to[1], to[2]) = (PixelValue.ToByte(red), PixelValue.ToByte(green), PixelValue.ToByte(blue));
        }
        return picture;
    }
}
