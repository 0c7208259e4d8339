using MocoSharp.Torch;

namespace MocoSharp.Encoders;

/// <summary>Where a place of a grid is, as sines and cosines.</summary>
internal static class SinePositions
{
    private const double Longest = 10_000;      // over 2π: the wavelength, in places

    /// <summary>A quarter of the numbers each: sines and cosines of the column, sines and cosines of the row.</summary>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <param name="features">D, a multiple of 4.</param>
    /// <returns>[1, rows · columns, D], row by row.</returns>
    /// <remarks>He et al. 2021, arXiv:2111.06377: its official code.</remarks>
    internal static Tensor Of(long rows, long columns, int features)
    {
        int quarter = features / 4;
        float[] values = new float[rows * columns * features];
        for (int i = 0; i < quarter; i++)
        {
            double frequency = Math.Pow(Longest, -(double)i / quarter);
            for (int place = 0; place < rows * columns; place++)
            {
                Span<float> token = values.AsSpan(place * features, features);
                (token[i], token[quarter + i]) = SinCos(place % columns * frequency);
                (token[2 * quarter + i], token[3 * quarter + i]) = SinCos(place / columns * frequency);
            }
        }
        return Tensor.From(values, 1, rows * columns, features);
    }

    private static (float Sine, float Cosine) SinCos(double angle)
    {
        (double sine, double cosine) = Math.SinCos(angle);
        return ((float)sine, (float)cosine);
    }
}
