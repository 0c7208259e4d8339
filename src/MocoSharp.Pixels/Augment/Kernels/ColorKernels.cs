using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Changes of samples and pixels that need no neighbors. All work in place.</summary>
/// <remarks>
/// One vector width, 512 bits, on every processor: the runtime splits it where the hardware has less, and pixels stay the same bits
/// everywhere. Rows are padded to whole vectors, so there are no tails.
/// </remarks>
internal static class ColorKernels
{
    // ITU-R 601-2, as Pillow; white stays white
    private const float Red = 0.299f, Green = 0.587f, Blue = 0.114f;

    /// <summary>Cuts samples to [0, 1].</summary>
    public static void Cut(Planes pixels)
    {
        foreach (ref Vector512<float> x in Vectors(pixels.All))
            x = Cut(x);
    }

    /// <summary>x ← min(1, factor · x).</summary>
    public static void Brighten(Planes pixels, float factor)
    {
        foreach (ref Vector512<float> x in Vectors(pixels.All))
            x = Vector512.MinNative(x * factor, Vector512<float>.One);
    }

    /// <summary>x ← 1 − x where x ≥ threshold.</summary>
    public static void Solarize(Planes pixels, float threshold)
    {
        Vector512<float> from = Vector512.Create(threshold);
        foreach (ref Vector512<float> x in Vectors(pixels.All))
            x = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(x, from), Vector512<float>.One - x, x);
    }

    /// <summary>x ← cut(m + factor · (x − m)), where m is the picture's mean luma; the mean of all samples where it is not RGB.</summary>
    public static void Contrast(Planes pixels, float factor)
    {
        double mean = pixels.Channels == 3
            ? Red * Mean(pixels, 0) + Green * Mean(pixels, 1) + Blue * Mean(pixels, 2)
            : Mean(pixels);
        Vector512<float> scale = Vector512.Create(factor), shift = Vector512.Create((float)((1 - factor) * mean));
        foreach (ref Vector512<float> x in Vectors(pixels.All))
            x = Cut(Vector512.FusedMultiplyAdd(x, scale, shift));
    }

    /// <summary>Takes out what differs between green and magenta. RGB only.</summary>
    public static void ProjectGreen(Planes pixels)
    {
        Span<Vector512<float>> red = Vectors(pixels.Plane(0)), green = Vectors(pixels.Plane(1)), blue = Vectors(pixels.Plane(2));
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            Vector512<float> greener = (green[i] + green[i] - red[i] - blue[i]) * (1 / 6f);
            red[i] += greener;
            green[i] -= greener + greener;
            blue[i] += greener;
        }
    }

    /// <summary>x ← cut(l + factor · (x − l)), where l is the pixel's luma; factor 0 gives gray. RGB only.</summary>
    public static void Saturate(Planes pixels, float factor)
    {
        Span<Vector512<float>> red = Vectors(pixels.Plane(0)), green = Vectors(pixels.Plane(1)), blue = Vectors(pixels.Plane(2));
        Vector512<float> scale = Vector512.Create(factor), rest = Vector512.Create(1 - factor);
        for (int i = 0; i < red.Length && i < green.Length && i < blue.Length; i++)
        {
            Vector512<float> gray = rest * Luma(red[i], green[i], blue[i]);
            red[i] = Cut(Vector512.FusedMultiplyAdd(red[i], scale, gray));
            green[i] = Cut(Vector512.FusedMultiplyAdd(green[i], scale, gray));
            blue[i] = Cut(Vector512.FusedMultiplyAdd(blue[i], scale, gray));
        }
    }

    /// <summary>The luma of 16 pixels.</summary>
    internal static Vector512<float> Luma(Vector512<float> red, Vector512<float> green, Vector512<float> blue) =>
        Vector512.FusedMultiplyAdd(red, Vector512.Create(Red),
            Vector512.FusedMultiplyAdd(green, Vector512.Create(Green), blue * Blue));

    /// <summary>Floats as vectors.</summary>
    internal static Span<Vector512<float>> Vectors(Span<float> floats) => MemoryMarshal.Cast<float, Vector512<float>>(floats);

    private static Vector512<float> Cut(Vector512<float> x) =>
        Vector512.MinNative(Vector512.MaxNative(x, Vector512<float>.Zero), Vector512<float>.One);

    private static double Mean(Planes pixels)
    {
        double sum = 0;
        for (int channel = 0; channel < pixels.Channels; channel++) sum += Mean(pixels, channel);
        return sum / pixels.Channels;
    }

    /// <summary>A plane's mean: rows are summed as floats, rows' sums as doubles.</summary>
    private static double Mean(Planes pixels, int channel)
    {
        Span<Vector512<float>> plane = Vectors(pixels.Plane(channel));
        int perRow = pixels.RowStride / Planes.Lanes, tail = pixels.Width % Planes.Lanes;
        Vector512<float> inLast = Vector512.LessThan(Vector512<float>.Indices, Vector512.Create(tail == 0 ? Planes.Lanes : (float)tail));
        double sum = 0;
        for (int y = 0; y < pixels.Height; y++)
        {
            Span<Vector512<float>> row = plane.Slice(y * perRow, perRow);
            Vector512<float> part = Vector512.ConditionalSelect(inLast, row[^1], Vector512<float>.Zero);
            foreach (Vector512<float> x in row[..^1])
                part += x;
            sum += Sum(part);
        }
        return sum / ((double)pixels.Width * pixels.Height);
    }

    /// <summary>In a fixed order, so that all processors agree.</summary>
    private static float Sum(Vector512<float> v)
    {
        Vector256<float> half = v.GetLower() + v.GetUpper();
        Vector128<float> quarter = half.GetLower() + half.GetUpper();
        return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
    }
}
