using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Maps.Numerics;

/// <summary>Arithmetic of blocks of 8 vectors, [n, 8] row by row. Sums are taken in fixed pieces, in double precision.</summary>
internal static class LaneBlock
{
    private const int Lanes = SubspaceIteration.Lanes, Rows = 4096;

    /// <summary>A Aᵀ-like products of all pairs of lanes: Σ x[i] y[j], made symmetric.</summary>
    internal static double[,] Gram(float[] x, float[] y, Work work)
    {
        int count = x.Length / Lanes;
        double[][] parts = new double[(count + Rows - 1) / Rows][];
        work.Pieces(count, Rows, (start, end, piece) => parts[piece] = Gram(x, y, start, end));
        double[,] gram = new double[Lanes, Lanes];
        foreach (double[] part in parts)
            for (int i = 0; i < Lanes; i++)
                for (int j = 0; j < Lanes; j++) gram[i, j] += (part[i * Lanes + j] + part[j * Lanes + i]) / 2;
        return gram;
    }

    /// <summary>x ← x · rotation.</summary>
    internal static void Rotate(float[] x, double[,] rotation, Work work)
    {
        Vector256<float>[] rows = [.. Enumerable.Range(0, Lanes).Select(i =>
            Vector256.Create((ReadOnlySpan<float>)[.. Enumerable.Range(0, Lanes).Select(j => (float)rotation[i, j])]))];
        work.Pieces(x.Length / Lanes, Rows, (start, end, _) =>
        {
            foreach (ref Vector256<float> row in Vectors(x)[start..end])
            {
                Vector256<float> sum = Vector256<float>.Zero;
                for (int i = 0; i < Lanes; i++) sum = Vector256.FusedMultiplyAdd(Vector256.Create(row[i]), rows[i], sum);
                row = sum;
            }
        });
    }

    /// <summary>result ← a·x + b·y + c·z; the result may be one of them.</summary>
    internal static void Combine(float[] result, float[] x, float[] y, float[] z, double a, double b, double c, Work work) =>
        work.Pieces(x.Length / Lanes, Rows, (start, end, _) =>
        {
            Span<Vector256<float>> to = Vectors(result), first = Vectors(x), second = Vectors(y), third = Vectors(z);
            for (int i = start; i < end; i++) to[i] = (float)a * first[i] + (float)b * second[i] + (float)c * third[i];
        });

    /// <summary>The greatest ‖products − value · x‖ of the first lanes.</summary>
    internal static double Residual(float[] x, float[] products, double[] values, int wanted, Work work)
    {
        double most = 0;
        for (int lane = 0; lane < wanted; lane++)
        {
            int at = lane;
            most = Math.Max(most, work.Sum(x.Length / Lanes, Rows, (start, end) =>
            {
                double sum = 0;
                for (int row = start; row < end; row++)
                {
                    double difference = products[row * Lanes + at] - values[at] * x[row * Lanes + at];
                    sum += difference * difference;
                }
                return sum;
            }));
        }
        return Math.Sqrt(most);
    }

    internal static Span<Vector256<float>> Vectors(float[] block) => MemoryMarshal.Cast<float, Vector256<float>>(block.AsSpan());

    private static double[] Gram(float[] x, float[] y, int start, int end)
    {
        Vector256<double>[] sums = new Vector256<double>[2 * Lanes];
        Span<Vector256<float>> left = Vectors(x), right = Vectors(y);
        for (int row = start; row < end; row++)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(right[row]);
            for (int i = 0; i < Lanes; i++)
            {
                Vector256<double> value = Vector256.Create((double)left[row][i]);
                sums[2 * i] += value * low;
                sums[2 * i + 1] += value * high;
            }
        }
        double[] result = new double[Lanes * Lanes];
        for (int i = 0; i < 2 * Lanes; i++) sums[i].CopyTo(result, 4 * i);
        return result;
    }
}
