namespace MocoSharp.Maps.Neighbors;

/// <summary>How neighbors were found.</summary>
public enum NeighborSearch
{
    /// <summary>Every pair of points was compared.</summary>
    Exact,

    /// <summary>By NN-descent (Dong et al. 2011): nearly all of the nearest, not all.</summary>
    Descent,
}

/// <summary>The nearest other points of each point, the nearest first.</summary>
public sealed class NeighborGraph
{
    internal NeighborGraph(int[] indices, float[] distances, int neighbors, NeighborSearch search) =>
        (Indices, Distances, Neighbors, Search) = (indices, distances, neighbors, search);

    /// <summary>[N, K] rows of the neighbors. A point is no neighbor of itself.</summary>
    public IReadOnlyList<int> Rows => Indices;

    /// <summary>[N, K] their distances, in the metric that was asked for.</summary>
    public IReadOnlyList<float> Lengths => Distances;

    /// <summary>The number of neighbors of a point, K.</summary>
    public int Neighbors { get; }

    /// <summary>The number of points, N.</summary>
    public int Count => Neighbors == 0 ? 0 : Indices.Length / Neighbors;

    /// <summary>How they were found.</summary>
    public NeighborSearch Search { get; }

    internal int[] Indices { get; }

    internal float[] Distances { get; }

    /// <summary>The neighbors of one point, the nearest first.</summary>
    /// <param name="row">0 to N − 1.</param>
    public ReadOnlySpan<int> Of(int row) => Indices.AsSpan(row * Neighbors, Neighbors);

    /// <summary>The distances of one point's neighbors, the least first.</summary>
    /// <param name="row">0 to N − 1.</param>
    public ReadOnlySpan<float> DistancesOf(int row) => Distances.AsSpan(row * Neighbors, Neighbors);
}
