using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>What drives a point away from random others, eight at a time: 2γb d / ((0.001 + d²)(1 + a d^(2b))), at most 4 along each
/// dimension.</summary>
internal sealed class Push(DistanceCurve curve, double repulsion)
{
    internal const int Lanes = 8;
    private const float Least = 0.001f, Furthest = Pull.Furthest;
    private readonly float _strength = (float)(2 * repulsion * curve.B), _a = (float)curve.A, _b = (float)curve.B;

    /// <summary>Where a point is after steps away from some random points, eight steps at a time from where it stood before
    /// them.</summary>
    /// <param name="own">Where the point is.</param>
    /// <param name="points">All places.</param>
    /// <param name="count">How many to draw.</param>
    /// <param name="rate">What steps are multiplied by.</param>
    /// <param name="rng">Which ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Vector128<float> From(Vector128<float> own, Vector128<float>[] points, int count, float rate, ref Rng rng)
    {
        Vector256<float> half = Vector256.Create(Furthest);
        for (int drawn = 0; drawn < count; drawn += Lanes)
        {
            Vector256<float> ownX = Vector256.Create(own[0]), ownY = Vector256.Create(own[1]), ownZ = Vector256.Create(own[2]);
            Draw(points, ref rng, out Vector256<float> otherX, out Vector256<float> otherY, out Vector256<float> otherZ);
            Vector256<float> byX = ownX - otherX, byY = ownY - otherY, byZ = ownZ - otherZ;
            Vector256<float> squared = Vector256.FusedMultiplyAdd(byZ, byZ, Vector256.FusedMultiplyAdd(byY, byY, byX * byX));
            Vector256<float> power = SmallPower.Of(squared, _b);
            Vector256<float> factor = Vector256.Create(_strength)
                / ((squared + Vector256.Create(Least)) * Vector256.FusedMultiplyAdd(Vector256.Create(_a), power, Vector256<float>.One));
            if (count - drawn < Lanes) factor &= Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count - drawn)).AsSingle();
            own += rate * Vector128.Create(Products.SumLanes(Vector256.ClampNative(factor * byX, -half, half)),
                Products.SumLanes(Vector256.ClampNative(factor * byY, -half, half)),
                Products.SumLanes(Vector256.ClampNative(factor * byZ, -half, half)), 0);
        }
        return own;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Draw(Vector128<float>[] points, ref Rng rng, out Vector256<float> x, out Vector256<float> y, out Vector256<float> z)
    {
        (Vector128<float> a, Vector128<float> b) = Two(points, ref rng);
        (Vector128<float> c, Vector128<float> d) = Two(points, ref rng);
        (Vector128<float> e, Vector128<float> f) = Two(points, ref rng);
        (Vector128<float> g, Vector128<float> h) = Two(points, ref rng);
        if (!Avx.IsSupported)
        {
            x = Vector256.Create(a[0], b[0], c[0], d[0], e[0], f[0], g[0], h[0]);
            y = Vector256.Create(a[1], b[1], c[1], d[1], e[1], f[1], g[1], h[1]);
            z = Vector256.Create(a[2], b[2], c[2], d[2], e[2], f[2], g[2], h[2]);
            return;
        }
        Vector256<float> ae = Vector256.Create(a, e), bf = Vector256.Create(b, f), cg = Vector256.Create(c, g), dh = Vector256.Create(d, h);
        Vector256<double> first = Avx.UnpackLow(ae, bf).AsDouble(), second = Avx.UnpackLow(cg, dh).AsDouble();
        (x, y) = (Avx.UnpackLow(first, second).AsSingle(), Avx.UnpackHigh(first, second).AsSingle());
        z = Avx.UnpackLow(Avx.UnpackHigh(ae, bf).AsDouble(), Avx.UnpackHigh(cg, dh).AsDouble()).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> First, Vector128<float> Second) Two(Vector128<float>[] points, ref Rng rng)
    {
        ulong bits = rng.NextUInt64();
        ref Vector128<float> first = ref MemoryMarshal.GetArrayDataReference(points);
        return (Unsafe.Add(ref first, Rng.Below(points.Length, (uint)bits)),
            Unsafe.Add(ref first, Rng.Below(points.Length, (uint)(bits >> 32))));
    }
}
