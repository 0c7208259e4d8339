using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace MocoSharp.Features;

/// <summary>The two products of a linear classifier for up to four rows at once. Parameters are one vector: weights [C, D], then intercepts
/// [C].</summary>
internal static class RowBlock
{
    /// <summary>Rows a block.</summary>
    internal const int Rows = 4;

    /// <summary>Wx + b of each row.</summary>
    /// <param name="parameters">[C × D + C].</param>
    /// <param name="rows">[up to 4, D].</param>
    /// <param name="dimensions">D.</param>
    /// <param name="classes">C.</param>
    /// <param name="scores">[rows, C].</param>
    internal static void Scores(ReadOnlySpan<float> parameters, ReadOnlySpan<float> rows, int dimensions, int classes, Span<float> scores)
    {
        int count = rows.Length / dimensions;
        for (int c = 0; c < classes; c++)
        {
            ReadOnlySpan<float> weight = parameters.Slice(c * dimensions, dimensions);
            float bias = parameters[classes * dimensions + c];
            if (count == Rows)
            {
                (float a, float b, float d, float e) = Dots(weight, rows);
                (scores[c], scores[classes + c], scores[2 * classes + c], scores[3 * classes + c]) = (a + bias, b + bias, d + bias,
                    e + bias);
                continue;
            }
            for (int r = 0; r < count; r++)
                scores[r * classes + c] = TensorPrimitives.Dot(weight, rows.Slice(r * dimensions, dimensions)) + bias;
        }
    }

    /// <summary>Adds each class's residuals times the rows.</summary>
    /// <param name="residuals">[rows, C].</param>
    /// <param name="rows">[up to 4, D].</param>
    /// <param name="dimensions">D.</param>
    /// <param name="classes">C.</param>
    /// <param name="gradient">[C × D + C], added to.</param>
    internal static void AddSlopes(
        ReadOnlySpan<float> residuals, ReadOnlySpan<float> rows, int dimensions, int classes, Span<float> gradient)
    {
        int count = rows.Length / dimensions;
        for (int c = 0; c < classes; c++)
        {
            Span<float> slope = gradient.Slice(c * dimensions, dimensions);
            if (count == Rows) AddFour(residuals[c], residuals[classes + c], residuals[2 * classes + c], residuals[3 * classes + c], rows,
                slope);
            for (int r = 0; r < count; r++)
            {
                float residual = residuals[r * classes + c];
                if (count < Rows) TensorPrimitives.MultiplyAdd(rows.Slice(r * dimensions, dimensions), residual, slope, slope);
                gradient[classes * dimensions + c] += residual;
            }
        }
    }

    private static (float, float, float, float) Dots(ReadOnlySpan<float> weight, ReadOnlySpan<float> rows)
    {
        int length = weight.Length, i = 0;
        ref float w = ref MemoryMarshal.GetReference(weight), x = ref MemoryMarshal.GetReference(rows);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> v = Vector.LoadUnsafe(ref w, (nuint)i);
            s0 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref x, (nuint)i), s0);
            s1 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref x, (nuint)(length + i)), s1);
            s2 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref x, (nuint)(2 * length + i)), s2);
            s3 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref x, (nuint)(3 * length + i)), s3);
        }
        (float a, float b, float c, float d) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; i < length; i++)
        {
            a += weight[i] * rows[i];
            b += weight[i] * rows[length + i];
            c += weight[i] * rows[2 * length + i];
            d += weight[i] * rows[3 * length + i];
        }
        return (a, b, c, d);
    }

    private static void AddFour(float a, float b, float c, float d, ReadOnlySpan<float> rows, Span<float> slope)
    {
        int length = slope.Length, i = 0;
        ref float g = ref MemoryMarshal.GetReference(slope), x = ref MemoryMarshal.GetReference(rows);
        Vector<float> va = new(a), vb = new(b), vc = new(c), vd = new(d);
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> first = Vector.FusedMultiplyAdd(va, Vector.LoadUnsafe(ref x, (nuint)i), Vector.LoadUnsafe(ref g, (nuint)i));
            Vector<float> second = Vector.FusedMultiplyAdd(vb, Vector.LoadUnsafe(ref x, (nuint)(length + i)),
                vc * Vector.LoadUnsafe(ref x, (nuint)(2 * length + i)));
            Vector.FusedMultiplyAdd(vd, Vector.LoadUnsafe(ref x, (nuint)(3 * length + i)), first + second).StoreUnsafe(ref g, (nuint)i);
        }
        for (; i < length; i++) slope[i] += a * rows[i] + b * rows[length + i] + c * rows[2 * length + i] + d * rows[3 * length + i];
    }
}
