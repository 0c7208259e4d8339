using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Maps.Numerics;

/// <summary>Powers of eight numbers at once, the same bits on every processor, off by less than 10⁻⁵ of the value for exponents up to 2
/// and values of normal size.</summary>
internal static class SmallPower
{
    private const int ThreeQuarters = 0x3F400000, Mantissa = 23;

    /// <summary>x^exponent for x of 0 or more and an exponent above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of(Vector256<float> x, float exponent)
    {
        Vector256<int> bits = x.AsInt32();
        Vector256<int> octave = (bits - Vector256.Create(ThreeQuarters)) >> Mantissa;                   // x = 2^octave m, m from 3/4 to 3/2
        Vector256<float> t = (bits - (octave << Mantissa)).AsSingle() - Vector256<float>.One;
        Vector256<float> log = Fma(t, 0.11998386f, -0.24276375f);                                       // log2(1 + t) / t, Chebyshev fit
        log = Fma(t, log, 0.2982907f);
        log = Fma(t, log, -0.36154732f);
        log = Fma(t, log, 0.48062411f);
        log = Fma(t, log, -0.72132826f);
        log = Fma(t, log, 1.44269633f);
        log = Vector256.FusedMultiplyAdd(t, log, Vector256.ConvertToSingle(octave)) * exponent;
        log = Vector256.ClampNative(log, Vector256.Create(-126f), Vector256.Create(126f));
        Vector256<float> whole = Vector256.Floor(log + Vector256.Create(0.5f));
        Vector256<float> rest = log - whole;
        Vector256<float> power = Fma(rest, 0.00134004f, 0.00967604f);                                   // 2^rest, Chebyshev fit
        power = Fma(rest, power, 0.05550327f);
        power = Fma(rest, power, 0.24022107f);
        power = Fma(rest, power, 0.69314721f);
        power = Fma(rest, power, 1.00000008f);
        return power * ((Vector256.ConvertToInt32Native(whole) + Vector256.Create(127)) << Mantissa).AsSingle();
    }

    private static Vector256<float> Fma(Vector256<float> t, float next, float last) =>
        Vector256.FusedMultiplyAdd(t, Vector256.Create(next), Vector256.Create(last));

    private static Vector256<float> Fma(Vector256<float> t, Vector256<float> next, float last) =>
        Vector256.FusedMultiplyAdd(t, next, Vector256.Create(last));
}
