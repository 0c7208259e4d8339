using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Weighted sums along one row.</summary>
internal static class RowKernels
{
    /// <summary>An interleaved RGB row becomes a row of each of three planes.</summary>
    /// <param name="source">[pixels, 3], and at least one more float.</param>
    /// <param name="weights">Of the row.</param>
    /// <param name="target">Gets the row.</param>
    /// <param name="y">Which row.</param>
    public static void Rgb(ReadOnlySpan<float> source, ResampleWeights weights, Planes target, int y)
    {
        Span<float> red = target.Row(0, y), green = target.Row(1, y), blue = target.Row(2, y);
        int width = target.Width, taps = weights.Taps, x = 0;
        ReadOnlySpan<int> first = weights.First[..width], count = weights.Count[..width];
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float values = ref MemoryMarshal.GetReference(weights.Values[..(width * taps)]);
        for (; x <= width - 4; x += 4)
        {
            Vector128<float> a = Pixel(ref from, first[x], count[x], ref Unsafe.Add(ref values, x * taps));
            Vector128<float> b = Pixel(ref from, first[x + 1], count[x + 1], ref Unsafe.Add(ref values, (x + 1) * taps));
            Vector128<float> c = Pixel(ref from, first[x + 2], count[x + 2], ref Unsafe.Add(ref values, (x + 2) * taps));
            Vector128<float> d = Pixel(ref from, first[x + 3], count[x + 3], ref Unsafe.Add(ref values, (x + 3) * taps));
            (Vector128<float> r, Vector128<float> g, Vector128<float> bl) = Lanes.Planar(a, b, c, d);
            r.CopyTo(red[x..]);
            g.CopyTo(green[x..]);
            bl.CopyTo(blue[x..]);
        }
        for (; x < width; x++)
        {
            Vector128<float> pixel = Pixel(ref from, first[x], count[x], ref Unsafe.Add(ref values, x * taps));
            (red[x], green[x], blue[x]) = (pixel[0], pixel[1], pixel[2]);
        }
    }

    /// <summary>One channel of a row.</summary>
    /// <param name="source">Starts at the channel's first sample.</param>
    /// <param name="step">Floats from pixel to pixel.</param>
    /// <param name="weights">Of the row.</param>
    /// <param name="target">Gets the row.</param>
    public static void One(ReadOnlySpan<float> source, int step, ResampleWeights weights, Span<float> target)
    {
        int taps = weights.Taps;
        ReadOnlySpan<int> first = weights.First, count = weights.Count;
        for (int x = 0; x < target.Length; x++)
        {
            ReadOnlySpan<float> values = weights.Values.Slice(x * taps, count[x]);
            float sum = 0;
            for (int k = 0, at = first[x] * step; k < values.Length; k++, at += step)
                sum = MathF.FusedMultiplyAdd(source[at], values[k], sum);
            target[x] = sum;
        }
    }

    /// <summary>One RGB pixel; the fourth lane is of no use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pixel(ref float row, int first, int count, ref float weights)
    {
        ref float at = ref Unsafe.Add(ref row, first * 3);
        Vector128<float> sum = Vector128.LoadUnsafe(ref at) * Vector128.Create(weights);
        for (int k = 1; k < count; k++)
            sum = Vector128.FusedMultiplyAdd(Vector128.LoadUnsafe(ref at, (nuint)(k * 3)), Vector128.Create(Unsafe.Add(ref weights, k)), sum);
        return sum;
    }
}
