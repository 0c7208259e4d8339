using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Maps;

/// <summary>What draws a point of the map to a neighbor. Places are four floats; those beyond the map's dimensions are 0.</summary>
internal sealed class Pull
{
    internal const float Furthest = 4;
    private readonly ForceTable _factors;
    private readonly bool _isEverClipped;

    internal Pull(DistanceCurve curve)
    {
        (double a, double b) = curve;
        _factors = new ForceTable(squared => -2 * a * b * Math.Pow(squared, b - 1) / (1 + a * Math.Pow(squared, b)));
        for (double distance = 1e-3; distance < 1e3; distance *= 1.01)
            _isEverClipped |= Math.Abs(_factors.At((float)(distance * distance))) * distance > Furthest;
    }

    /// <summary>Where a point is after two steps towards another one that stays: as the head of their edge, and as the tail of the same
    /// edge
    /// the other way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector128<float> Twice(Vector128<float> own, Vector128<float> other, float rate)
    {
        if (_isEverClipped)
        {
            own += rate * Step(own, other);
            return own + rate * Step(own, other);
        }
        Vector128<float> difference = own - other;
        float squared = Squared(difference), first = 1 + rate * _factors.At(squared);
        float second = 1 + rate * _factors.At(squared * (first * first));
        return other + difference * (first * second);
    }

    /// <summary>The step towards another point, before the learning rate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector128<float> Step(Vector128<float> own, Vector128<float> other)
    {
        Vector128<float> difference = own - other;
        Vector128<float> step = difference * _factors.At(Squared(difference));            // 0 where the two coincide
        return Vector128.ClampNative(step, Vector128.Create(-Furthest), Vector128.Create(Furthest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Squared(Vector128<float> difference)
    {
        Vector128<float> squares = difference * difference;
        squares += Vector128.Shuffle(squares, Vector128.Create(2, 3, 0, 1));
        return squares.ToScalar() + squares.GetElement(1);
    }
}
