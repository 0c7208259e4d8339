namespace MocoSharp.Maps;

/// <summary>The parts of a graph that no edge joins, the one with the first point first.</summary>
internal static class GraphParts
{
    /// <summary>The points of each part, ascending.</summary>
    internal static int[][] Of(SparseGraph graph)
    {
        int[] part = new int[graph.Count];
        part.AsSpan().Fill(-1);
        List<List<int>> parts = [];
        Stack<int> open = new();
        for (int first = 0; first < graph.Count; first++)
        {
            if (part[first] >= 0) continue;
            part[first] = parts.Count;
            open.Push(first);
            List<int> points = [];
            while (open.TryPop(out int point))
            {
                points.Add(point);
                foreach (int other in graph.ColumnsOf(point))
                {
                    if (part[other] >= 0) continue;
                    part[other] = parts.Count;
                    open.Push(other);
                }
            }
            points.Sort();
            parts.Add(points);
        }
        return [.. parts.Select(static points => points.ToArray())];
    }

    /// <summary>One part as a graph of its own.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="points">All points of the part, ascending.</param>
    internal static SparseGraph Cut(SparseGraph graph, int[] points)
    {
        if (points.Length == graph.Count) return graph;
        int[] starts = new int[points.Length + 1];
        for (int i = 0; i < points.Length; i++) starts[i + 1] = starts[i] + graph.ColumnsOf(points[i]).Length;
        int[] columns = new int[starts[^1]];
        float[] weights = new float[starts[^1]];
        for (int i = 0; i < points.Length; i++)
        {
            graph.WeightsOf(points[i]).CopyTo(weights.AsSpan(starts[i]));
            ReadOnlySpan<int> from = graph.ColumnsOf(points[i]);
            for (int j = 0; j < from.Length; j++) columns[starts[i] + j] = Array.BinarySearch(points, from[j]);
        }
        return new SparseGraph(starts, columns, weights);
    }
}
