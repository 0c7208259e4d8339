using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Points as the search reads them: rows aligned and filled up with zeros to whole vectors, on a scale that neither overflows nor
/// vanishes, about their mean. Under <see cref="Metric.Cosine"/> rows have unit length, so that half their squared distance is the
/// cosine distance; a row of zeros lies on an axis of its own.</summary>
internal sealed unsafe class PreparedRows
{
    private const int Lanes = 8, Alignment = 64;
    private readonly float[] _storage;
    private readonly float* _first;

    private PreparedRows(int count, int width)
    {
        (Count, Stride) = (count, (width + Lanes - 1) / Lanes * Lanes);
        long length = (long)count * Stride + Alignment / sizeof(float);
        _storage = GC.AllocateArray<float>(checked((int)length), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _storage[0]);
        _first = (float*)((address + Alignment - 1) / Alignment * Alignment);
        SquaredLengths = new float[count];
    }

    internal int Count { get; }

    /// <summary>Floats from one row to the next, a multiple of 8.</summary>
    internal int Stride { get; }

    internal float[] SquaredLengths { get; }

    internal float* this[int row] => _first + (nint)row * Stride;

    /// <summary>Prepares sets that are to be compared with each other: the first one's mean and scale hold for all.</summary>
    internal static PreparedRows[] Of(Metric metric, Work work, params PointSet[] sets)
    {
        int dimensions = sets[0].Dimensions;
        bool isCosine = metric == Metric.Cosine;
        int width = dimensions + (isCosine && sets.Any(static set => CountZeroRows(set) > 0) ? 1 : 0);
        float[] center = isCosine ? new float[dimensions] : Mean(sets[0], work);
        float scale = isCosine ? 1 : 1 / PowerOfTwoAbove(sets, work);
        return [.. sets.Select(set => Prepare(set, width, center, scale, isCosine, work))];
    }

    /// <summary>The scale that distances of prepared rows are multiplied by to become those of the points.</summary>
    internal static float DistanceScale(Metric metric, Work work, params PointSet[] sets) =>
        metric == Metric.Cosine ? 1 : PowerOfTwoAbove(sets, work);

    internal static int CountZeroRows(PointSet set)
    {
        int zeros = 0;
        for (int row = 0; row < set.Count; row++) if (!set[row].ContainsAnyExcept(0f)) zeros++;
        return zeros;
    }

    /// <summary>The squared distance of two rows, by their differences: 0 for equal rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float SquaredDistance(PreparedRows a, int rowA, PreparedRows b, int rowB)
    {
        float* x = a[rowA], y = b[rowB];
        Vector256<float> sum = Vector256<float>.Zero;
        for (int d = 0; d < a.Stride; d += Lanes)
        {
            Vector256<float> difference = Vector256.LoadAligned(x + d) - Vector256.LoadAligned(y + d);
            sum = Vector256.FusedMultiplyAdd(difference, difference, sum);
        }
        return Products.SumLanes(sum);
    }

    private static PreparedRows Prepare(PointSet set, int width, float[] center, float scale, bool isCosine, Work work)
    {
        PreparedRows rows = new(set.Count, width);
        work.Pieces(set.Count, Work.Piece, (start, end, _) =>
        {
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> from = set[row];
                float* to = rows[row];
                double factor = isCosine ? 1 / Length(from) : scale;
                for (int d = 0; d < from.Length; d++) to[d] = (float)((from[d] - (double)center[d]) * factor);
                if (double.IsInfinity(factor))
                {
                    new Span<float>(to, from.Length).Clear();
                    to[from.Length] = 1;
                }
                rows.SquaredLengths[row] = Products.SquaredLength(to, rows.Stride);
            }
        });
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Length(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row) sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    private static float[] Mean(PointSet set, Work work)
    {
        double[][] parts = new double[(set.Count + Work.Piece - 1) / Work.Piece][];
        work.Pieces(set.Count, Work.Piece, (start, end, piece) =>
        {
            double[] sum = new double[set.Dimensions];
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> values = set[row];
                for (int d = 0; d < sum.Length; d++) sum[d] += values[d];
            }
            parts[piece] = sum;
        });
        float[] mean = new float[set.Dimensions];
        for (int d = 0; d < mean.Length; d++)
        {
            double sum = 0;
            foreach (double[] part in parts) sum += part[d];
            mean[d] = (float)(sum / Math.Max(1, set.Count));
        }
        return mean;
    }

    private static float PowerOfTwoAbove(PointSet[] sets, Work work)
    {
        float largest = 0;
        foreach (PointSet set in sets)
        {
            float[] parts = new float[(set.Count + Work.Piece - 1) / Work.Piece];
            work.Pieces(set.Count, Work.Piece, (start, end, piece) =>
            {
                for (int row = start; row < end; row++)
                    parts[piece] = Math.Max(parts[piece], Math.Abs(TensorPrimitives.MaxMagnitude(set[row])));
            });
            foreach (float part in parts) largest = Math.Max(largest, part);
        }
        return largest == 0 ? 1 : (float)Math.ScaleB(1, Math.Clamp(Math.ILogB(largest) + 1, -126, 126));
    }
}
