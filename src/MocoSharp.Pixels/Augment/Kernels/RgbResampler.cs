using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Resamples a box of an 8-bit RGB picture, four new rows at a time.</summary>
/// <remarks>
/// The column pass lays the four rows out as [source pixel, row, red green blue 0]: one vector holds one source pixel of all four rows, so
/// that a tap of the row pass is one load and one multiply-add for four new pixels, and a 4 × 4 transposition in each quarter of the
/// vector leaves whole pieces of the planes' rows.
/// </remarks>
internal static class RgbResampler
{
    /// <summary>Narrower boxes cannot be read 16 bytes at a time.</summary>
    public const int LeastWidth = 6;

    private const int Rows = 4;

    // four pixels of three bytes become four of four, from the vector's first byte or from its fifth
    private static readonly Vector128<byte> s_fromFirst =
        Vector128.Create((byte)0, 1, 2, 255, 3, 4, 5, 255, 6, 7, 8, 255, 9, 10, 11, 255);
    private static readonly Vector128<byte> s_fromFifth =
        Vector128.Create((byte)4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255, 13, 14, 15, 255);

    /// <summary>Resamples by the canvas' weights.</summary>
    /// <param name="canvas">Has the weights of both axes.</param>
    /// <param name="image">RGB.</param>
    /// <param name="box">At least <see cref="LeastWidth"/> wide.</param>
    /// <param name="target">Gets the pixels; its shape says how many.</param>
    public static void Run(Canvas canvas, Image image, CropBox box, Planes target)
    {
        (ResampleWeights columns, ResampleWeights rows) = (canvas.Vertical, canvas.Horizontal);
        int stride = image.Width * 3, taps = rows.Even(box.Width, target.Width);
        Span<float> pixels = canvas.Scratch(box.Width * Planes.Lanes);
        for (int y = 0; y < target.Height; y += Rows)
        {
            int height = Math.Min(Rows, target.Height - y);
            for (int row = 0; row < height; row++)
            {
                int first = (box.Top + columns.First[y + row]) * stride + box.Left * 3;
                Column(image.Samples.AsSpan(first), stride, columns.Of(y + row), pixels[(row * 4)..], box.Width);
            }
            Row(pixels, rows, taps, target, y, height);
        }
    }

    /// <summary>One new row of all source columns, into its quarter of each pixel's vector.</summary>
    private static void Column(ReadOnlySpan<byte> source, int stride, ReadOnlySpan<float> weights, Span<float> target, int width)
    {
        _ = source[(weights.Length - 1) * stride + width * 3 - 1]; // one check here stands for all reads and writes below
        _ = target[(width - 1) * Planes.Lanes + 3];
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(target);
        Store(Sum(ref from, stride, weights, s_fromFirst), ref to);
        // from here on a vector starts four bytes early and ends with its last pixel: nothing beyond the box is read
        for (int x = 4; ; x = Math.Min(x + 4, width - 4))
        {
            x = Math.Min(x, width - 4);
            Store(Sum(ref Unsafe.Add(ref from, x * 3 - 4), stride, weights, s_fromFifth), ref Unsafe.Add(ref to, x * Planes.Lanes));
            if (x == width - 4)
                return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(ref byte from, int stride, ReadOnlySpan<float> weights, Vector128<byte> order)
    {
        Vector512<float> sum = ColumnKernels.Widen(Vector128.Shuffle(Vector128.LoadUnsafe(ref from), order)) * weights[0];
        for (int k = 1; k < weights.Length; k++)
        {
            Vector128<byte> pixels = Vector128.Shuffle(Vector128.LoadUnsafe(ref from, (nuint)(k * stride)), order);
            sum = Vector512.FusedMultiplyAdd(ColumnKernels.Widen(pixels), Vector512.Create(weights[k]), sum);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> four, ref float to)
    {
        four.GetLower().GetLower().StoreUnsafe(ref to);
        four.GetLower().GetUpper().StoreUnsafe(ref to, Planes.Lanes);
        four.GetUpper().GetLower().StoreUnsafe(ref to, 2 * Planes.Lanes);
        four.GetUpper().GetUpper().StoreUnsafe(ref to, 3 * Planes.Lanes);
    }

    /// <summary>Four new rows from the laid-out pixels. Rows are padded, so the last four columns may reach over the width.</summary>
    private static void Row(ReadOnlySpan<float> pixels, ResampleWeights weights, int taps, Planes target, int y, int height)
    {
        int stride = target.RowStride, at = y * stride;
        ref float from = ref MemoryMarshal.GetReference(pixels);
        ref float red = ref MemoryMarshal.GetReference(target.Plane(0)), green = ref MemoryMarshal.GetReference(target.Plane(1));
        ref float blue = ref MemoryMarshal.GetReference(target.Plane(2));
        ReadOnlySpan<int> first = weights.First[..((target.Width + 3) / 4 * 4)];
        ref float values = ref MemoryMarshal.GetReference(weights.Values[..(first.Length * weights.Taps)]);
        for (int x = 0; x < first.Length; x += 4)
        {
            ref float mine = ref Unsafe.Add(ref values, x * weights.Taps);
            Vector512<float> a = Pixel(ref from, first[x], taps, ref mine);
            Vector512<float> b = Pixel(ref from, first[x + 1], taps, ref Unsafe.Add(ref mine, weights.Taps));
            Vector512<float> c = Pixel(ref from, first[x + 2], taps, ref Unsafe.Add(ref mine, 2 * weights.Taps));
            Vector512<float> d = Pixel(ref from, first[x + 3], taps, ref Unsafe.Add(ref mine, 3 * weights.Taps));
            (Vector512<float> r, Vector512<float> g, Vector512<float> bl) = Lanes.Planar(a, b, c, d);
            Write(r, ref Unsafe.Add(ref red, at + x), stride, height);
            Write(g, ref Unsafe.Add(ref green, at + x), stride, height);
            Write(bl, ref Unsafe.Add(ref blue, at + x), stride, height);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pixel(ref float from, int first, int taps, ref float weights)
    {
        ref float at = ref Unsafe.Add(ref from, first * Planes.Lanes);
        Vector512<float> sum = Vector512.LoadUnsafe(ref at) * Vector512.Create(weights);
        for (int k = 1; k < taps; k++)
        {
            Vector512<float> weight = Vector512.Create(Unsafe.Add(ref weights, k));
            sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref at, (nuint)(k * Planes.Lanes)), weight, sum);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Vector512<float> rows, ref float to, int stride, int height)
    {
        rows.GetLower().GetLower().StoreUnsafe(ref to);
        if (height > 1)
            rows.GetLower().GetUpper().StoreUnsafe(ref to, (nuint)stride);
        if (height > 2)
            rows.GetUpper().GetLower().StoreUnsafe(ref to, (nuint)(2 * stride));
        if (height > 3)
            rows.GetUpper().GetUpper().StoreUnsafe(ref to, (nuint)(3 * stride));
    }
}
