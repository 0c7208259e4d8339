using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Clustering;

/// <summary>Two points and their mutual reachability: the greatest of their distance and both core distances.</summary>
internal readonly record struct Edge(float Distance, int From, int To);

/// <summary>The lightest edges that join all points.</summary>
internal static class SpanningTree
{
    private const int Piece = 8192;

    /// <summary>Among all pairs, one row of distances at a time, so that memory grows with the points alone.</summary>
    internal static Edge[] Prim(PointSet points, float[] cores, Metric metric, Work work)
    {
        PreparedRows rows = PreparedRows.Of(metric, work, points)[0];
        float scale = PreparedRows.DistanceScale(metric, work, points);
        float[] reach = new float[points.Count];
        int[] from = new int[points.Count];
        bool[] isIn = new bool[points.Count];
        reach.AsSpan().Fill(float.PositiveInfinity);
        Edge[] edges = new Edge[points.Count - 1];
        (float Distance, int Row)[] nearest = new (float, int)[(points.Count + Piece - 1) / Piece];
        int last = 0;
        for (int i = 0; i < edges.Length; i++)
        {
            isIn[last] = true;
            int added = last;
            work.Pieces(points.Count, Piece, (start, end, piece) =>
            {
                (float Distance, int Row) best = (float.PositiveInfinity, -1);
                for (int row = start; row < end; row++)
                {
                    if (isIn[row]) continue;
                    float squared = PreparedRows.SquaredDistance(rows, added, rows, row);
                    float distance = metric == Metric.Cosine ? squared / 2 : MathF.Sqrt(squared) * scale;
                    distance = Math.Max(distance, Math.Max(cores[added], cores[row]));
                    if (distance < reach[row]) (reach[row], from[row]) = (distance, added);
                    if (best.Row < 0 || reach[row] < best.Distance) best = (reach[row], row);
                }
                nearest[piece] = best;
            });
            (float Distance, int Row) next = (float.PositiveInfinity, -1);
            foreach ((float distance, int row) in nearest)
                if (row >= 0 && (next.Row < 0 || distance < next.Distance)) next = (distance, row);
            edges[i] = new Edge(next.Distance, from[next.Row], next.Row);
            last = next.Row;
        }
        return edges;
    }

    /// <summary>Among neighbors; groups that none joins are joined at an infinite distance.</summary>
    internal static Edge[] Kruskal(NeighborGraph graph, float[] cores)
    {
        List<Edge> all = new(graph.Indices.Length);
        for (int row = 0; row < graph.Count; row++)
        {
            ReadOnlySpan<int> neighbors = graph.Of(row);
            for (int i = 0; i < neighbors.Length; i++)
                all.Add(new Edge(Math.Max(graph.DistancesOf(row)[i], Math.Max(cores[row], cores[neighbors[i]])), row, neighbors[i]));
        }
        all.Sort(static (a, b) => (a.Distance, a.From, a.To).CompareTo((b.Distance, b.From, b.To)));
        DisjointSets sets = new(graph.Count);
        List<Edge> tree = new(graph.Count - 1);
        foreach (Edge edge in all) if (sets.Join(edge.From, edge.To)) tree.Add(edge);
        for (int row = 1; row < graph.Count; row++) if (sets.Join(0, row)) tree.Add(new Edge(float.PositiveInfinity, 0, row));
        return [.. tree];
    }
}
