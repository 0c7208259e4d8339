namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>RGB, 0 to 1, to Lab or YCbCr. Pixel by pixel in double precision: a and b are 500 and 200 times differences of cube
/// roots.</summary>
internal static class ColorSpaceKernel
{
    private const double WhiteX = 0.95047, WhiteZ = 1.08883;      // D65, 2° observer; Y is 1

    /// <summary>Lab: L 0 to 100, a and b about ±100.</summary>
    /// <remarks>IEC 61966-2-1 for the transfer curve and matrix, CIE 15:2004 for L*a*b*.</remarks>
    internal static (double L, double A, double B) Lab(double red, double green, double blue)
    {
        (red, green, blue) = (Linear(red), Linear(green), Linear(blue));
        double x = Root((0.412453 * red + 0.357580 * green + 0.180423 * blue) / WhiteX);
        double y = Root(0.212671 * red + 0.715160 * green + 0.072169 * blue);
        double z = Root((0.019334 * red + 0.119193 * green + 0.950227 * blue) / WhiteZ);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    /// <summary>L of Lab over 100, as the only channel.</summary>
    internal static void Lightness(Canvas canvas)
    {
        Planes source = canvas.PixelsAsTheyLie(), target = canvas.Spare(source.Size with { Channels = 1 });
        int last = source.Channels - 1;                            // a gray picture has its one channel in place of all three
        for (int row = 0; row < source.Height; row++)
        {
            Span<float> red = source.Row(0, row), green = source.Row(last / 2, row), blue = source.Row(last, row);
            Span<float> light = target.Row(0, row);
            for (int i = 0; i < light.Length; i++) light[i] = (float)(Lab(red[i], green[i], blue[i]).L / 100);
        }
        canvas.Replace();
    }

    /// <summary>YCbCr on the 8-bit scale: Y 16 to 235, Cb and Cr 16 to 240.</summary>
    internal static (double Y, double Cb, double Cr) Ycbcr(double red, double green, double blue) => (
        16 + 65.481 * red + 128.553 * green + 24.966 * blue,
        128 - 37.797 * red - 74.203 * green + 112.0 * blue,
        128 + 112.0 * red - 93.786 * green - 18.214 * blue);

    internal static void Run(Canvas canvas, ColorModel to)
    {
        Planes source = canvas.PixelsAsTheyLie(), target = source;
        if (source.Channels == 1) target = canvas.Spare(source.Size with { Channels = 3 });
        for (int row = 0; row < source.Height; row++)
        {
            Span<float> red = source.Row(0, row), green = source.Row(source.Channels == 1 ? 0 : 1, row),
                blue = source.Row(source.Channels == 1 ? 0 : 2, row);
            Span<float> first = target.Row(0, row), second = target.Row(1, row), third = target.Row(2, row);
            for (int i = 0; i < red.Length; i++)
            {
                if (to == ColorModel.Lab)
                {
                    (double l, double a, double b) = Lab(red[i], green[i], blue[i]);
                    (first[i], second[i], third[i]) = ((float)(l / 100), (float)((a + 128) / 255), (float)((b + 128) / 255));
                }
                else
                {
                    (double y, double cb, double cr) = Ycbcr(red[i], green[i], blue[i]);
                    (first[i], second[i], third[i]) = ((float)(y / 255), (float)(cb / 255), (float)(cr / 255));
                }
            }
        }
        if (!ReferenceEquals(source, target)) canvas.Replace();
    }

    private static double Linear(double sample) => sample > 0.04045 ? Math.Pow((sample + 0.055) / 1.055, 2.4) : sample / 12.92;

    private static double Root(double t) => t > 0.008856 ? Math.Cbrt(t) : 7.787 * t + 16.0 / 116;
}
