using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Between interleaved and planar pixels, four at a time.</summary>
internal static class Lanes
{
    /// <summary>Four RGB pixels, one a vector (the fourth lane is ignored), as four reds, four greens and four blues.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> Red, Vector128<float> Green, Vector128<float> Blue) Planar(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> lowAb = Pairs(a, b), lowCd = Pairs(c, d);                      // a0 b0 a1 b1, c0 d0 c1 d1
        Vector128<float> red = Halves(lowAb, lowCd, upper: false), green = Halves(lowAb, lowCd, upper: true);
        Vector128<float> blue = Halves(Pairs(Upper(a), Upper(b)), Pairs(Upper(c), Upper(d)), upper: false);
        return (red, green, blue);
    }

    /// <summary>The same for four rows at once: each quarter of the vectors is one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Red, Vector512<float> Green, Vector512<float> Blue) Planar(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<float> lowAb = Avx512F.UnpackLow(a, b), lowCd = Avx512F.UnpackLow(c, d);
            Vector512<float> highAb = Avx512F.UnpackHigh(a, b), highCd = Avx512F.UnpackHigh(c, d);
            return (Avx512F.Shuffle(lowAb, lowCd, 0x44), Avx512F.Shuffle(lowAb, lowCd, 0xEE), Avx512F.Shuffle(highAb, highCd, 0x44));
        }
        var (r, g, bl) = Planar(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower());
        var (red, green, blue) = Planar(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper());
        return (Vector512.Create(r, red), Vector512.Create(g, green), Vector512.Create(bl, blue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Red, Vector256<float> Green, Vector256<float> Blue) Planar(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        var (r, g, bl) = Planar(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower());
        var (red, green, blue) = Planar(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper());
        return (Vector256.Create(r, red), Vector256.Create(g, green), Vector256.Create(bl, blue));
    }

    /// <summary>Four reds, greens and blues as twelve floats r g b r g b …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> A, Vector128<float> B, Vector128<float> C) Interleave(
        Vector128<float> r, Vector128<float> g, Vector128<float> b)
    {
        Vector128<float> one = Blend(Vector128.Shuffle(r, Vector128.Create(0, 0, 0, 1)),
            Vector128.Shuffle(g, Vector128.Create(0, 0, 0, 0)),
            Vector128.Shuffle(b, Vector128.Create(0, 0, 0, 0)));
        Vector128<float> two = Blend(Vector128.Shuffle(g, Vector128.Create(1, 1, 1, 2)),
            Vector128.Shuffle(b, Vector128.Create(1, 1, 1, 1)),
            Vector128.Shuffle(r, Vector128.Create(2, 2, 2, 2)));
        Vector128<float> three = Blend(Vector128.Shuffle(b, Vector128.Create(2, 2, 2, 3)),
            Vector128.Shuffle(r, Vector128.Create(3, 3, 3, 3)),
            Vector128.Shuffle(g, Vector128.Create(3, 3, 3, 3)));
        return (one, two, three);
    }

    /// <summary>The same four floats from right to left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Reverse(Vector128<float> v) => Vector128.Shuffle(v, Vector128.Create(3, 2, 1, 0));

    /// <summary>Lanes 0 and 3 of the first, lane 1 of the second, lane 2 of the third.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Blend(Vector128<float> ends, Vector128<float> second, Vector128<float> third) =>
        Vector128.ConditionalSelect(Vector128.Create(0, -1, 0, 0).AsSingle(), second,
            Vector128.ConditionalSelect(Vector128.Create(0, 0, -1, 0).AsSingle(), third, ends));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(Vector128<float> a, Vector128<float> b) =>
        Vector128.ConditionalSelect(Vector128.Create(-1, 0, -1, 0).AsSingle(),
            Vector128.Shuffle(a, Vector128.Create(0, 0, 1, 1)), Vector128.Shuffle(b, Vector128.Create(0, 0, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<float> v) => Vector128.Shuffle(v, Vector128.Create(2, 3, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector128<float> a, Vector128<float> b, bool upper) =>
        upper ? Vector128.Create(a.GetUpper(), b.GetUpper()) : Vector128.Create(a.GetLower(), b.GetLower());
}
