using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>A row of three planes becomes r g b r g b …, each sample scaled and shifted, on request from right to left.</summary>
internal static class InterleaveKernel
{
    // [vector, step]: lane i of output vector v is sample n = 16 v + i, channel n mod 3 of pixel n / 3. The first step
    // takes red and green from two vectors; the second puts blue between them.
    private static readonly Vector512<int>[] s_forward = Orders(mirrored: false);
    private static readonly Vector512<int>[] s_backward = Orders(mirrored: true);

    public static void Run(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue,
        Affine ofRed, Affine ofGreen, Affine ofBlue, bool mirrored, Span<float> row)
    {
        int width = red.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, 3 * width);
        int x = Avx512F.IsSupported ? Sixteens(red, green, blue, ofRed, ofGreen, ofBlue, mirrored, row) : 0;
        ref float fromRed = ref MemoryMarshal.GetReference(red), fromGreen = ref MemoryMarshal.GetReference(green);
        ref float fromBlue = ref MemoryMarshal.GetReference(blue), to = ref MemoryMarshal.GetReference(row);
        for (; x <= width - 4; x += 4)
        {
            nuint from = (nuint)(mirrored ? width - 4 - x : x);
            Vector128<float> r = ofRed.Of(Vector128.LoadUnsafe(ref fromRed, from));
            Vector128<float> g = ofGreen.Of(Vector128.LoadUnsafe(ref fromGreen, from));
            Vector128<float> b = ofBlue.Of(Vector128.LoadUnsafe(ref fromBlue, from));
            if (mirrored)
                (r, g, b) = (Lanes.Reverse(r), Lanes.Reverse(g), Lanes.Reverse(b));
            (r, g, b) = Lanes.Interleave(r, g, b);
            r.StoreUnsafe(ref to, (nuint)(x * 3));
            g.StoreUnsafe(ref to, (nuint)(x * 3 + 4));
            b.StoreUnsafe(ref to, (nuint)(x * 3 + 8));
        }
        for (; x < width; x++)
        {
            int from = mirrored ? width - 1 - x : x;
            row[x * 3] = ofRed.Of(red[from]);
            row[x * 3 + 1] = ofGreen.Of(green[from]);
            row[x * 3 + 2] = ofBlue.Of(blue[from]);
        }
    }

    /// <returns>Pixels done: the width, rounded down to 16.</returns>
    private static int Sixteens(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue,
        Affine ofRed, Affine ofGreen, Affine ofBlue, bool mirrored, Span<float> row)
    {
        int width = red.Length, x = 0;
        ref float fromRed = ref MemoryMarshal.GetReference(red), fromGreen = ref MemoryMarshal.GetReference(green);
        ref float fromBlue = ref MemoryMarshal.GetReference(blue), to = ref MemoryMarshal.GetReference(row);
        Vector512<int>[] orders = mirrored ? s_backward : s_forward;
        Vector512<int> one = orders[0], two = orders[1], three = orders[2], four = orders[3], five = orders[4], six = orders[5];
        for (; x <= width - Planes.Lanes; x += Planes.Lanes)
        {
            nuint from = (nuint)(mirrored ? width - Planes.Lanes - x : x);
            Vector512<float> r = ofRed.Of(Vector512.LoadUnsafe(ref fromRed, from));
            Vector512<float> g = ofGreen.Of(Vector512.LoadUnsafe(ref fromGreen, from));
            Vector512<float> b = ofBlue.Of(Vector512.LoadUnsafe(ref fromBlue, from));
            nuint at = (nuint)(x * 3);
            Avx512F.PermuteVar16x32x2(Avx512F.PermuteVar16x32x2(r, one, g), two, b).StoreUnsafe(ref to, at);
            Avx512F.PermuteVar16x32x2(Avx512F.PermuteVar16x32x2(r, three, g), four, b).StoreUnsafe(ref to, at + 16);
            Avx512F.PermuteVar16x32x2(Avx512F.PermuteVar16x32x2(r, five, g), six, b).StoreUnsafe(ref to, at + 32);
        }
        return x;
    }

    private static Vector512<int>[] Orders(bool mirrored)
    {
        Vector512<int>[] orders = new Vector512<int>[6];
        Span<int> first = stackalloc int[Planes.Lanes], second = stackalloc int[Planes.Lanes];
        for (int vector = 0; vector < 3; vector++)
        {
            for (int i = 0; i < Planes.Lanes; i++)
            {
                (int pixel, int channel) = Math.DivRem(Planes.Lanes * vector + i, 3);
                pixel = mirrored ? Planes.Lanes - 1 - pixel : pixel;
                first[i] = channel == 1 ? Planes.Lanes + pixel : pixel; // of the second source from 16 on
                second[i] = channel == 2 ? Planes.Lanes + pixel : i;
            }
            (orders[2 * vector], orders[2 * vector + 1]) = (Vector512.Create<int>(first), Vector512.Create<int>(second));
        }
        return orders;
    }
}
