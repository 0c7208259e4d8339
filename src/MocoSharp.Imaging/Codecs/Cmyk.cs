namespace MocoSharp.Imaging.Codecs;

/// <summary>RGB from the CMYK samples of a JPEG.</summary>
internal static class Cmyk
{
    /// <summary>Converts in place: the first three quarters hold the RGB pixels afterwards.</summary>
    /// <param name="samples">[pixels, 4] as decoded: 255 means no ink, which is how Adobe's programs write and every reader
    /// expects.</param>
    /// <remarks>RGB = white − ink, darkened by the black plate, with PIL's rounding: no color profile is applied.</remarks>
    internal static void ToRgbInPlace(Span<byte> samples)
    {
        for (int from = 0, to = 0; from < samples.Length; from += 4, to += 3)
        {
            int light = samples[from + 3];
            for (int channel = 0; channel < 3; channel++)
            {
                int product = (255 - samples[from + channel]) * light + 128;  // ink × light / 255, rounded
                samples[to + channel] = (byte)(light - (((product >> 8) + product) >> 8));
            }
        }
    }
}
