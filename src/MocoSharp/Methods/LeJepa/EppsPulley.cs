using MocoSharp.Torch;

namespace MocoSharp.Methods.LeJepa;

/// <summary>How far numbers are from a standard normal distribution, told by their characteristic function.</summary>
/// <remarks>Epps and Pulley 1983; Balestriero and LeCun 2025, arXiv:2511.08544, section 4.2:
/// T = N · ∫ |mean of exp(itx) − exp(−t²/2)|² exp(−t²/2) dt. The integrand is even, so knots from 0 on and twice their weight do, by the
/// trapezoidal rule.</remarks>
public sealed class EppsPulley
{
    private readonly double[] _places, _normal, _weights;

    /// <summary>Chooses the places at which the characteristic functions are compared.</summary>
    /// <param name="knots">How many, 2 or more; the first is 0.</param>
    /// <param name="reach">The last, above 0.</param>
    public EppsPulley(int knots, double reach)
    {
        double step = reach / (knots - 1);
        _places = [.. Enumerable.Range(0, knots).Select(knot => knot * step)];
        _normal = [.. _places.Select(static t => Math.Exp(-t * t / 2))];
        _weights = [.. _normal.Select((normal, knot) => normal * step * (knot == 0 || knot == knots - 1 ? 1 : 2))];
    }

    /// <summary>T of each column.</summary>
    /// <param name="x">[V, N, M]: N numbers in each of V · M columns; fp32 or fp64.</param>
    /// <returns>[V, M], 0 or more; about 1.05 for normal numbers, whatever N is.</returns>
    public Tensor Statistic(Tensor x)
    {
        Tensor turned = x.Unsqueeze(3) * Constant(_places, x);                                                       // [V, N, M, knots]
        Tensor real = turned.Cos().Mean([1]) - Constant(_normal, x), imaginary = turned.Sin().Mean([1]);              // [V, M, knots]
        return ((real * real + imaginary * imaginary) * Constant(_weights, x)).Sum(dim: 2) * x.Size(1);
    }

    private static Tensor Constant(double[] values, Tensor like) => Tensor.From(values).To(like.DType).To(like.Device);
}
