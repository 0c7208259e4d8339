using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Squared distances of many rows with many rows. A pair's bits do not depend on what stands beside it, nor on the processor:
/// eight sums over every eighth dimension, with fused multiply-adds, then added in a fixed order.</summary>
internal static unsafe class Products
{
    private const int Lanes = 8, Tall = 4, Wide = 3;

    /// <summary>Writes ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a·b, never below 0, for each a (rows) and b (columns).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void SquaredDistances(PreparedRows a, ReadOnlySpan<int> rows, PreparedRows b, ReadOnlySpan<int> columns,
        Span<float> distances)
    {
        float* sums = stackalloc float[Tall * Wide];
        for (int i = 0; i < rows.Length; i += Tall)
        {
            for (int j = 0; j < columns.Length; j += Wide)
            {
                Tile(a, rows[i..], b, columns[j..], sums);
                int tall = Math.Min(Tall, rows.Length - i), wide = Math.Min(Wide, columns.Length - j);
                for (int y = 0; y < tall; y++)
                {
                    float length = a.SquaredLengths[rows[i + y]];
                    Span<float> to = distances.Slice((i + y) * columns.Length + j, wide);
                    for (int x = 0; x < to.Length; x++)
                        to[x] = Math.Max(0, length + b.SquaredLengths[columns[j + x]] - 2 * sums[y * Wide + x]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float SquaredLength(float* row, int length)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int d = 0; d < length; d += Lanes)
        {
            Vector256<float> values = Vector256.LoadAligned(row + d);
            sum = Vector256.FusedMultiplyAdd(values, values, sum);
        }
        return SumLanes(sum);
    }

    internal static float SumLanes(Vector256<float> sum)
    {
        Vector128<float> half = sum.GetLower() + sum.GetUpper();
        half += Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1));
        return half.ToScalar() + half.GetElement(1);
    }

    // The products of up to 4 rows with up to 3; at the edges the last one is taken again.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(PreparedRows a, ReadOnlySpan<int> rows, PreparedRows b, ReadOnlySpan<int> columns, float* sums)
    {
        float* a0 = a[rows[0]], a1 = a[rows[Math.Min(1, rows.Length - 1)]], a2 = a[rows[Math.Min(2, rows.Length - 1)]],
            a3 = a[rows[Math.Min(3, rows.Length - 1)]];
        float* b0 = b[columns[0]], b1 = b[columns[Math.Min(1, columns.Length - 1)]], b2 = b[columns[Math.Min(2, columns.Length - 1)]];
        Vector256<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default,
            s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        for (nint d = 0; d < a.Stride; d += Lanes)
        {
            Vector256<float> x = Vector256.LoadAligned(b0 + d), y = Vector256.LoadAligned(b1 + d), z = Vector256.LoadAligned(b2 + d);
            Vector256<float> row = Vector256.LoadAligned(a0 + d);
            (s00, s01, s02) = (Fma(row, x, s00), Fma(row, y, s01), Fma(row, z, s02));
            row = Vector256.LoadAligned(a1 + d);
            (s10, s11, s12) = (Fma(row, x, s10), Fma(row, y, s11), Fma(row, z, s12));
            row = Vector256.LoadAligned(a2 + d);
            (s20, s21, s22) = (Fma(row, x, s20), Fma(row, y, s21), Fma(row, z, s22));
            row = Vector256.LoadAligned(a3 + d);
            (s30, s31, s32) = (Fma(row, x, s30), Fma(row, y, s31), Fma(row, z, s32));
        }
        (sums[0], sums[1], sums[2]) = (SumLanes(s00), SumLanes(s01), SumLanes(s02));
        (sums[3], sums[4], sums[5]) = (SumLanes(s10), SumLanes(s11), SumLanes(s12));
        (sums[6], sums[7], sums[8]) = (SumLanes(s20), SumLanes(s21), SumLanes(s22));
        (sums[9], sums[10], sums[11]) = (SumLanes(s30), SumLanes(s31), SumLanes(s32));
    }

    private static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(a, b, sum);
}
