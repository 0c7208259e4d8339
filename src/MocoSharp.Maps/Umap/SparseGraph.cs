using System.Runtime.CompilerServices;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>A weighted graph in compressed rows; the columns of a row ascend.</summary>
/// <param name="Starts">[N + 1] where each row starts.</param>
/// <param name="Columns">The neighbor of each entry.</param>
/// <param name="Weights">Its weight, above 0.</param>
internal sealed record SparseGraph(int[] Starts, int[] Columns, float[] Weights)
{
    internal int Count => Starts.Length - 1;

    internal ReadOnlySpan<int> ColumnsOf(int row) => Columns.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    internal Span<float> WeightsOf(int row) => Weights.AsSpan(Starts[row], Starts[row + 1] - Starts[row]);

    internal SparseGraph Transposed()
    {
        int[] starts = new int[Starts.Length], columns = new int[Columns.Length];
        float[] weights = new float[Weights.Length];
        foreach (int column in Columns) starts[column + 1]++;
        for (int row = 0; row < Count; row++) starts[row + 1] += starts[row];
        int[] next = starts[..^1];
        for (int row = 0; row < Count; row++)
        {
            for (int place = Starts[row]; place < Starts[row + 1]; place++)
            {
                int to = next[Columns[place]]++;
                (columns[to], weights[to]) = (row, Weights[place]);
            }
        }
        return new SparseGraph(starts, columns, weights);
    }

    /// <summary>A symmetric graph of this one and its transpose: union·(a + b − ab) + (1 − union)·ab for the weights of both
    /// directions.</summary>
    internal SparseGraph United(double union, Work work)
    {
        SparseGraph transposed = Transposed();
        int[] starts = new int[Starts.Length];
        work.Pieces(Count, Work.Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++) starts[row + 1] = Unite(transposed, row, union, [], []);
        });
        for (int row = 0; row < Count; row++) starts[row + 1] = checked(starts[row] + starts[row + 1]);
        SparseGraph result = new(starts, new int[starts[^1]], new float[starts[^1]]);
        work.Pieces(Count, Work.Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++)
                _ = Unite(transposed, row, union, result.Columns.AsSpan(starts[row]), result.Weights.AsSpan(starts[row]));
        });
        return result;
    }

    /// <summary>The entries that are kept.</summary>
    internal SparseGraph Where(Func<float, bool> keeps)
    {
        int[] starts = new int[Starts.Length];
        List<int> columns = new(Columns.Length);
        List<float> weights = new(Weights.Length);
        for (int row = 0; row < Count; row++)
        {
            for (int place = Starts[row]; place < Starts[row + 1]; place++)
            {
                if (!keeps(Weights[place])) continue;
                columns.Add(Columns[place]);
                weights.Add(Weights[place]);
            }
            starts[row + 1] = columns.Count;
        }
        return new SparseGraph(starts, [.. columns], [.. weights]);
    }

    // Merges two rows of ascending columns; with empty spans it only counts.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Unite(SparseGraph other, int row, double union, Span<int> columns, Span<float> weights)
    {
        int i = Starts[row], iEnd = Starts[row + 1], j = other.Starts[row], jEnd = other.Starts[row + 1], count = 0;
        while (i < iEnd || j < jEnd)
        {
            int column = Math.Min(i < iEnd ? Columns[i] : int.MaxValue, j < jEnd ? other.Columns[j] : int.MaxValue);
            double a = i < iEnd && Columns[i] == column ? Weights[i++] : 0,
                b = j < jEnd && other.Columns[j] == column ? other.Weights[j++] : 0;
            float weight = (float)(union * (a + b - a * b) + (1 - union) * (a * b));
            if (weight <= 0) continue;
            if (columns.Length > 0) (columns[count], weights[count]) = (column, weight);
            count++;
        }
        return count;
    }
}
