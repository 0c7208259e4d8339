using System.Numerics.Tensors;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>Gives each feature mean 0 and deviation 1, as measured on rows to learn from; a constant feature becomes 0.</summary>
internal sealed class Standardizer
{
    private readonly float[] _mean, _factor;

    private Standardizer(float[] mean, float[] factor) => (_mean, _factor) = (mean, factor);

    /// <summary>Measures all rows that are there. Labels play no part.</summary>
    public static Standardizer Of(FeatureSet features)
    {
        int dimensions = features.Dimensions;
        double[] sum = new double[dimensions], squares = new double[dimensions], row = new double[dimensions];
        HashSet<int> absent = [.. features.Absent];
        int count = features.Count - absent.Count;
        for (int i = 0; i < features.Count; i++)
        {
            if (absent.Contains(i)) continue;
            TensorPrimitives.ConvertTruncating(features.Row(i), row);
            TensorPrimitives.Add(sum, row, sum);
            TensorPrimitives.MultiplyAdd<double>(row, row, squares, squares);
        }
        float[] mean = new float[dimensions], factor = new float[dimensions];
        for (int d = 0; d < dimensions; d++)
        {
            double center = sum[d] / count, variance = squares[d] / count - center * center;
            mean[d] = (float)center;
            // What is left below the rounding of the squares is no variance.
            factor[d] = variance > 1e-12 * (center * center + 1e-30) ? (float)(1 / Math.Sqrt(variance)) : 0;
        }
        return new Standardizer(mean, factor);
    }

    /// <summary>Leaves features as they are.</summary>
    public static Standardizer None(int dimensions)
    {
        float[] ones = new float[dimensions];
        ones.AsSpan().Fill(1);
        return new Standardizer(new float[dimensions], ones);
    }

    /// <summary>(x − mean) / deviation of one row.</summary>
    public void Apply(ReadOnlySpan<float> row, Span<float> result)
    {
        TensorPrimitives.Subtract(row, _mean, result);
        TensorPrimitives.Multiply(result, _factor, result);
    }

    /// <summary>Weights for standardized rows as weights for rows as they are.</summary>
    /// <param name="weight">[D].</param>
    /// <param name="folded">[D].</param>
    /// <returns>What is to be added to the intercept.</returns>
    public double Fold(ReadOnlySpan<float> weight, Span<float> folded)
    {
        TensorPrimitives.Multiply(weight, _factor, folded);
        double shift = 0;
        for (int d = 0; d < folded.Length; d++) shift -= (double)folded[d] * _mean[d];
        return shift;
    }

    /// <summary>The same of some rows, [rows, D].</summary>
    public float[] Apply(FeatureSet features, ReadOnlySpan<int> rows)
    {
        float[] result = new float[(long)rows.Length * features.Dimensions];
        for (int i = 0; i < rows.Length; i++) Apply(features.Row(rows[i]), result.AsSpan(i * features.Dimensions, features.Dimensions));
        return result;
    }
}
