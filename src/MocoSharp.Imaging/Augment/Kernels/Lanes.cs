using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    /// <summary>Four reds, greens and blues as twelve floats r g b r g b …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<float> A, Vector128<float> B, Vector128<float> C) Interleave(
        Vector128<float> r, Vector128<float> g, Vector128<float> b)
    {
        Vector128<int> second = Vector128.Create(0, -1, 0, 0), third = Vector128.Create(0, 0, -1, 0);
        Vector128<float> one = Vector128.ConditionalSelect(second.AsSingle(), Vector128.Shuffle(g, Vector128.Create(0, 0, 0, 1)),
            Vector128.ConditionalSelect(third.AsSingle(), Vector128.Shuffle(b, Vector128.Create(0, 0, 0, 0)), Vector128.Shuffle(r, Vector128.Create(0, 0, 0, 1))));
        Vector128<float> two = Vector128.ConditionalSelect(second.AsSingle(), Vector128.Shuffle(b, Vector128.Create(1, 1, 1, 1)),
            Vector128.ConditionalSelect(third.AsSingle(), Vector128.Shuffle(r, Vector128.Create(2, 2, 2, 2)), Vector128.Shuffle(g, Vector128.Create(1, 1, 1, 2))));
        Vector128<float> three = Vector128.ConditionalSelect(second.AsSingle(), Vector128.Shuffle(r, Vector128.Create(3, 3, 3, 3)),
            Vector128.ConditionalSelect(third.AsSingle(), Vector128.Shuffle(g, Vector128.Create(3, 3, 3, 3)), Vector128.Shuffle(b, Vector128.Create(2, 2, 2, 3))));
        return (one, two, three);
    }

    /// <summary>The same four floats from right to left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Reverse(Vector128<float> v) => Vector128.Shuffle(v, Vector128.Create(3, 2, 1, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(
        Vector128.Create(-1, 0, -1, 0).AsSingle(), Vector128.Shuffle(a, Vector128.Create(0, 0, 1, 1)), Vector128.Shuffle(b, Vector128.Create(0, 0, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<float> v) => Vector128.Shuffle(v, Vector128.Create(2, 3, 2, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector128<float> a, Vector128<float> b, bool upper) =>
        upper ? Vector128.Create(a.GetUpper(), b.GetUpper()) : Vector128.Create(a.GetLower(), b.GetLower());
}
