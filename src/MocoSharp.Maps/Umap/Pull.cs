using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Maps;

/// <summary>What draws a point of the map to a neighbor. Places are four floats; those beyond the map's dimensions are 0.</summary>
internal sealed class Pull
{
    internal const float Furthest = 4;
    private readonly ForceTable _factors;

    internal Pull(DistanceCurve curve)
    {
        (double a, double b) = curve;
        _factors = new ForceTable(squared => -2 * a * b * Math.Pow(squared, b - 1) / (1 + a * Math.Pow(squared, b)));
    }

    /// <summary>The step towards another point, before the learning rate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector128<float> Step(Vector128<float> own, Vector128<float> other)
    {
        Vector128<float> difference = own - other, squares = difference * difference;
        squares += Vector128.Shuffle(squares, Vector128.Create(2, 3, 0, 1));
        float squared = squares.ToScalar() + squares.GetElement(1);
        Vector128<float> step = difference * _factors.At(squared);            // 0 where the two coincide
        return Vector128.ClampNative(step, Vector128.Create(-Furthest), Vector128.Create(Furthest));
    }
}
