using System.Numerics.Tensors;
using MocoSharp.Torch;
using Tensor = MocoSharp.Torch.Tensor;

namespace MocoSharp.Features;

/// <summary>Rows of unit length in bf16, and how far rounding has moved them.</summary>
/// <param name="Values">[rows, D] bf16.</param>
/// <param name="Error">The longest difference between a row and its rounded self; 0.0009 or so for long rows.</param>
internal readonly record struct CoarseRows(Tensor Values, float Error)
{
    /// <summary>Rounds rows.</summary>
    /// <param name="features">Where they come from.</param>
    /// <param name="rows">Which.</param>
    internal static CoarseRows Of(FeatureSet features, ReadOnlyMemory<int> rows)
    {
        int dimensions = features.Dimensions;
        Tensor values = Tensor.Empty([rows.Length, dimensions], DType.BFloat16);
        float[] errors = new float[rows.Length];
        Parallel.For(0, rows.Length, i =>
            errors[i] = Round(features.Row(rows.Span[i]), values.AsSpan<ushort>().Slice(i * dimensions, dimensions)));
        return new CoarseRows(values, TensorPrimitives.Max<float>(errors));
    }

    /// <summary>One over a row's length; a row of zeros stays one.</summary>
    internal static float Inverse(ReadOnlySpan<float> row) => 1 / Math.Max(TensorPrimitives.Norm(row), 1e-12f);

    private static float Round(ReadOnlySpan<float> row, Span<ushort> to)
    {
        float inverse = Inverse(row), squares = 0;
        for (int i = 0; i < row.Length; i++)
        {
            float unit = row[i] * inverse;
            // to nearest, ties to even
            uint bits = BitConverter.SingleToUInt32Bits(unit), rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
            to[i] = (ushort)rounded;
            float lost = unit - BitConverter.UInt32BitsToSingle(rounded << 16);
            squares += lost * lost;
        }
        return MathF.Sqrt(squares);
    }
}
