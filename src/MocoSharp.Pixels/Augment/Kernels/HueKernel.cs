using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Turns the hue of HSV without going there: value and chroma stay, so only the hue is worked out, without branches.</summary>
/// <remarks>
/// With v = max, c = max − min and the hue h in sextants, a channel is v − c · cut(min(k, 4 − k)) with k = (n + h) mod 6, and
/// n = 5, 3, 1 for red, green, blue.
/// </remarks>
internal static class HueKernel
{
    /// <summary>Runs in place.</summary>
    /// <param name="pixels">RGB.</param>
    /// <param name="turn">Part of a full turn, −0.5 to 0.5.</param>
    public static void Run(Planes pixels, float turn)
    {
        Span<Vector512<float>> red = ColorKernels.Vectors(pixels.Plane(0));
        Span<Vector512<float>> green = ColorKernels.Vectors(pixels.Plane(1));
        Span<Vector512<float>> blue = ColorKernels.Vectors(pixels.Plane(2));
        Vector512<float> sextants = Vector512.Create(turn * 6 + 6); // + 6 keeps what follows above 0
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            Vector512<float> r = red[i], g = green[i], b = blue[i];
            Vector512<float> max = Vector512.MaxNative(r, Vector512.MaxNative(g, b));
            Vector512<float> chroma = max - Vector512.MinNative(r, Vector512.MinNative(g, b));
            Vector512<float> isRed = Vector512.Equals(max, r), isGreen = Vector512.Equals(max, g);

            // difference over chroma, plus 0, 2 or 4 by which channel is largest; a gray pixel's chroma is 0, and its hue does not matter
            Vector512<float> difference = Vector512.ConditionalSelect(isRed, g - b, Vector512.ConditionalSelect(isGreen, b - r, r - g));
            Vector512<float> start = Vector512.ConditionalSelect(isRed, Vector512<float>.Zero,
                Vector512.ConditionalSelect(isGreen, Vector512.Create(2f), Vector512.Create(4f)));
            Vector512<float> divisor = Vector512.MaxNative(chroma, Vector512.Create(1e-20f));
            Vector512<float> hue = difference / divisor + start + sextants;

            red[i] = Channel(hue, 5, max, chroma);
            green[i] = Channel(hue, 3, max, chroma);
            blue[i] = Channel(hue, 1, max, chroma);
        }
    }

    private static Vector512<float> Channel(Vector512<float> hue, float n, Vector512<float> max, Vector512<float> chroma)
    {
        Vector512<float> k = hue + Vector512.Create(n);
        k -= Vector512.Floor(k * (1 / 6f)) * 6f;
        Vector512<float> less = Vector512.MinNative(k, Vector512.Create(4f) - k);
        less = Vector512.MinNative(Vector512.MaxNative(less, Vector512<float>.Zero), Vector512<float>.One);
        return max - chroma * less;
    }
}
