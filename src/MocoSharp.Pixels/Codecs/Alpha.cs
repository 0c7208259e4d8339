namespace MocoSharp.Imaging.Codecs;

/// <summary>Lays pictures with transparent pixels on a background: round((a c + (255 - a) b) / 255), of samples that are not
/// premultiplied.</summary>
internal static class Alpha
{
    /// <summary>RGBA to RGB.</summary>
    internal static void Blend(ReadOnlySpan<byte> rgba, Span<byte> rgb, Rgb background)
    {
        for (int from = 0, to = 0; from + 3 < rgba.Length; from += 4, to += 3)
        {
            int alpha = rgba[from + 3];
            rgb[to] = Of(rgba[from], background.Red, alpha);
            rgb[to + 1] = Of(rgba[from + 1], background.Green, alpha);
            rgb[to + 2] = Of(rgba[from + 2], background.Blue, alpha);
        }
    }

    /// <summary>One sample of 16 bits.</summary>
    internal static ushort OfDeep(ushort sample, byte background, ushort alpha) =>
        (ushort)(((long)alpha * sample + (long)(ushort.MaxValue - alpha) * background * 257 + ushort.MaxValue / 2) / ushort.MaxValue);

    private static byte Of(byte sample, byte background, int alpha) =>
        (byte)((alpha * sample + (255 - alpha) * background + 127) / 255);
}
