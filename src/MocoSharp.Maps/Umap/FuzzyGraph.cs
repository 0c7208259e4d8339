using System.Runtime.CompilerServices;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>From distances to how surely two points are near: each point has its own scale.</summary>
/// <remarks>McInnes, Healy and Melville 2018, arXiv:1802.03426, algorithms 2 and 3; limits as in the reference implementation.</remarks>
internal static class FuzzyGraph
{
    private const int Bisections = 64;
    private const double Tolerance = 1e-5, LeastShareOfMean = 1e-3;

    /// <summary>The nearness of each neighbor, above 0 and up to 1: [N, K] as the graph has them.</summary>
    /// <param name="graph">Nearest neighbors without the point itself.</param>
    /// <param name="neighbors">K of the paper, which is one more where a point counts itself.</param>
    /// <param name="localConnectivity">How many nearest count as fully near.</param>
    /// <param name="work">How to share it out.</param>
    internal static float[] Memberships(NeighborGraph graph, int neighbors, double localConnectivity, Work work)
    {
        float[] memberships = new float[graph.Distances.Length];
        double mean = work.Sum(graph.Count, Work.Piece, (start, end) =>
        {
            double sum = 0;
            for (int row = start; row < end; row++) foreach (float distance in graph.DistancesOf(row)) sum += distance;
            return sum;
        }) / Math.Max(1, (double)graph.Count * neighbors);
        work.Pieces(graph.Count, 256, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<float> distances = graph.DistancesOf(row);
                double nearest = Nearest(distances, localConnectivity);
                double scale = Scale(distances, nearest, neighbors, mean);
                Span<float> to = memberships.AsSpan(row * graph.Neighbors, graph.Neighbors);
                for (int i = 0; i < to.Length; i++)
                    to[i] = distances[i] <= nearest ? 1 : (float)Math.Exp(-(distances[i] - nearest) / scale);
            }
        });
        return memberships;
    }

    /// <summary>The symmetric graph of a set's own memberships.</summary>
    internal static SparseGraph Of(NeighborGraph graph, int neighbors, double localConnectivity, double union, Work work) =>
        Rows(graph, Memberships(graph, neighbors, localConnectivity, work), work).United(union, work);

    /// <summary>Weakens edges between points of different labels.</summary>
    /// <remarks>As in the reference implementation: e^−far between labels, e^−1 where one is unknown (below 0); each row's strongest edge
    /// then counts as fully near again, and both directions are united.</remarks>
    internal static SparseGraph Supervised(SparseGraph graph, ReadOnlyMemory<int> labels, double targetWeight, Work work)
    {
        double far = targetWeight < 1 ? 2.5 / (1 - targetWeight) : 1e12;
        float unknown = (float)Math.Exp(-1), different = (float)Math.Exp(-far);
        float[] weights = [.. graph.Weights];
        work.Pieces(graph.Count, Work.Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            ReadOnlySpan<int> of = labels.Span;
            for (int row = start; row < end; row++)
            {
                Span<float> own = weights.AsSpan(graph.Starts[row], graph.Starts[row + 1] - graph.Starts[row]);
                ReadOnlySpan<int> columns = graph.ColumnsOf(row);
                float most = 0;
                for (int i = 0; i < own.Length; i++)
                {
                    if (of[row] < 0 || of[columns[i]] < 0) own[i] *= unknown;
                    else if (of[row] != of[columns[i]]) own[i] *= different;
                    most = Math.Max(most, own[i]);
                }
                if (most > 0) foreach (ref float weight in own) weight /= most;
            }
        });
        return new SparseGraph(graph.Starts, graph.Columns, weights).Where(static weight => weight > 0).United(1, work);
    }

    internal static double Nearest(ReadOnlySpan<float> distances, double localConnectivity)
    {
        int zeros = distances.Length - distances.TrimStart(0f).Length;
        ReadOnlySpan<float> apart = distances[zeros..];
        int index = (int)Math.Floor(localConnectivity);
        double share = localConnectivity - index;
        if (apart.Length == 0) return 0;
        if (apart.Length < localConnectivity) return apart[^1];
        if (index == 0) return share * apart[0];
        return share <= Tolerance ? apart[index - 1] : apart[index - 1] + share * (apart[index] - apart[index - 1]);
    }

    // The scale at which the memberships add up to log2 of the neighbors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Scale(ReadOnlySpan<float> distances, double nearest, int neighbors, double meanOfAll)
    {
        double target = Math.Log2(neighbors), low = 0, high = double.PositiveInfinity, scale = 1;
        for (int step = 0; step < Bisections; step++)
        {
            double sum = 0;
            foreach (float distance in distances) sum += distance > nearest ? Math.Exp(-(distance - nearest) / scale) : 1;
            if (Math.Abs(sum - target) < Tolerance) break;
            if (sum > target) (high, scale) = (scale, (low + scale) / 2);
            else (low, scale) = (scale, double.IsInfinity(high) ? scale * 2 : (scale + high) / 2);
        }
        double mean = meanOfAll;
        if (nearest > 0)
        {
            mean = 0;
            foreach (float distance in distances) mean += distance;
            mean /= neighbors;
        }
        scale = Math.Max(scale, LeastShareOfMean * mean);
        return scale > 0 ? scale : 1;
    }

    private static SparseGraph Rows(NeighborGraph graph, float[] memberships, Work work)
    {
        int[] starts = [.. Enumerable.Range(0, graph.Count + 1).Select(row => row * graph.Neighbors)];
        int[] columns = [.. graph.Indices];
        work.Pieces(graph.Count, Work.Piece, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++)
                columns.AsSpan(starts[row], graph.Neighbors).Sort(memberships.AsSpan(starts[row], graph.Neighbors));
        });
        return new SparseGraph(starts, columns, memberships);
    }
}
