namespace MocoSharp.Maps.Numerics;

/// <summary>A symmetric linear map of blocks of 8 vectors: [n, 8] row by row.</summary>
internal interface ISymmetricOperator
{
    /// <summary>n</summary>
    int Size { get; }

    /// <summary>No eigenvalue is lower.</summary>
    double Lowest { get; }

    /// <summary>Writes the products of all 8 vectors.</summary>
    void Apply(float[] block, float[] products);
}

/// <summary>Eigenvectors of the greatest eigenvalues.</summary>
/// <param name="Values">The greatest first.</param>
/// <param name="Vectors">[n, 8]: of unit length, the wanted ones first.</param>
/// <param name="Residual">The greatest ‖A v − λ v‖ of the wanted ones.</param>
/// <param name="IsConverged">Whether it is within the tolerance.</param>
internal sealed record Eigenvectors(double[] Values, float[] Vectors, double Residual, bool IsConverged);

/// <summary>Subspace iteration with a Chebyshev polynomial that dampens what lies below the block's own eigenvalues (Zhou, Saad, Tiago and
/// Chelikowsky 2006), on 8 vectors at once, so that a row is one vector register.</summary>
internal static class SubspaceIteration
{
    internal const int Lanes = 8;
    private const double Vanishing = 1e-12, MostApart = 1e3;

    /// <summary>Finds them.</summary>
    /// <param name="operator">The map.</param>
    /// <param name="start">[n, 8], changed.</param>
    /// <param name="wanted">1 to 4.</param>
    /// <param name="degree">The polynomial's highest, 1 or more.</param>
    /// <param name="rounds">The most rounds.</param>
    /// <param name="tolerance">Of the residual, as a share of the greatest eigenvalue.</param>
    /// <param name="work">How to share it out.</param>
    internal static Eigenvectors Find(ISymmetricOperator @operator, float[] start, int wanted, int degree, int rounds, double tolerance,
        Work work)
    {
        float[] x = start, products = new float[x.Length], spare = new float[x.Length], more = new float[x.Length];
        double[] values = [];
        double residual = double.PositiveInfinity;
        for (int round = 0; round < rounds; round++)
        {
            if (round > 0) (x, spare, more) = Filter(@operator, x, spare, more, values, degree, work);
            Orthonormalize(x, work);
            @operator.Apply(x, products);
            (values, double[,] rotation) = SymmetricEigen.Of(LaneBlock.Gram(x, products, work));
            LaneBlock.Rotate(x, rotation, work);
            LaneBlock.Rotate(products, rotation, work);
            residual = LaneBlock.Residual(x, products, values, wanted, work);
            if (residual <= tolerance * Math.Abs(values[0])) return new Eigenvectors(values, x, residual, true);
        }
        return new Eigenvectors(values, x, residual, false);
    }

    // Twice: the first leaves float's rounding of a block that was far from orthogonal.
    private static void Orthonormalize(float[] x, Work work)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            (double[] values, double[,] vectors) = SymmetricEigen.Of(LaneBlock.Gram(x, x, work));
            for (int j = 0; j < Lanes; j++)
            {
                double factor = values[j] > Vanishing * values[0] ? 1 / Math.Sqrt(values[j]) : 0;
                for (int i = 0; i < Lanes; i++) vectors[i, j] *= factor;
            }
            LaneBlock.Rotate(x, vectors, work);
        }
    }

    // The scaled recurrence: the polynomial is 1 at the greatest eigenvalue, and small from the lowest one to the block's last. Where these
    // lie far apart its degree is lowered, lest float's rounding of the first vector drown the last.
    private static (float[] X, float[] Spare, float[] More) Filter(ISymmetricOperator @operator, float[] x, float[] next, float[] products,
        double[] values, int degree, Work work)
    {
        double cut = values[^1], low = Math.Min(@operator.Lowest, cut - 1e-9 * Math.Abs(cut));
        double half = Math.Max((cut - low) / 2, 1e-30), center = (cut + low) / 2;
        double sigma = half / Math.Max(values[0] - center, half * 1.0000001), first = sigma;
        int most = (int)Math.Clamp(Math.Acosh(MostApart) / Math.Acosh(Math.Max(values[0] - center, half * 1.0000001) / half), 1, degree);
        @operator.Apply(x, products);
        LaneBlock.Combine(next, products, x, x, sigma / half, -center * sigma / half, 0, work);
        for (int i = 2; i <= most; i++)
        {
            double sigmaNext = 1 / (2 / first - sigma);
            @operator.Apply(next, products);
            LaneBlock.Combine(x, products, next, x, 2 * sigmaNext / half, -2 * center * sigmaNext / half, -sigma * sigmaNext, work);
            (x, next, sigma) = (next, x, sigmaNext);
        }
        return (next, x, products);
    }
}
