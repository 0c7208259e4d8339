using System.Runtime.CompilerServices;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Compares every pair, a tile of rows and columns at a time.</summary>
internal static class ExactSearch
{
    private const int Rows = 32, CachedFloats = 64 * 1024;

    /// <summary>Finds for each query its nearest rows.</summary>
    /// <param name="queries">Whose nearest are sought.</param>
    /// <param name="rows">Among which.</param>
    /// <param name="neighbors">1 or more, no more than there are rows (without the query itself, where the two sets are one).</param>
    /// <param name="work">How to share it out.</param>
    internal static NearestLists Find(PreparedRows queries, PreparedRows rows, int neighbors, Work work)
    {
        NearestLists lists = new(queries.Count, neighbors);
        int width = Math.Clamp(CachedFloats / rows.Stride / 12 * 12, 12, 240);
        int[] all = [.. Enumerable.Range(0, Math.Max(queries.Count, rows.Count))];
        bool isOne = ReferenceEquals(queries, rows);
        work.Pieces(queries.Count, Rows, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            float[] distances = new float[Rows * width];
            for (int column = 0; column < rows.Count; column += width)
            {
                int columns = Math.Min(width, rows.Count - column);
                Products.SquaredDistances(queries, all.AsSpan(start, end - start), rows, all.AsSpan(column, columns), distances);
                for (int row = start; row < end; row++)
                    Take(lists, row, column, distances.AsSpan((row - start) * columns, columns), isOne);
            }
        });
        return lists;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(NearestLists lists, int row, int firstColumn, ReadOnlySpan<float> distances, bool isOne)
    {
        float worst = lists.Worst(row);
        for (int i = 0; i < distances.Length; i++)
        {
            if (distances[i] >= worst || (isOne && firstColumn + i == row)) continue;
            if (lists.Offer(row, firstColumn + i, distances[i])) worst = lists.Worst(row);
        }
    }
}
