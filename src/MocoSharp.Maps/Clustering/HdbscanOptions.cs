namespace MocoSharp.Maps.Clustering;

/// <summary>How clusters are found.</summary>
/// <param name="MinClusterSize">Fewer points are no cluster.</param>
/// <param name="MinSamples">How many points, the point itself counted, must lie within a point's core distance; null is MinClusterSize.
/// More
/// call more points noise.</param>
/// <param name="Metric">How far two points are apart.</param>
/// <param name="Tree">How points are joined; null compares all pairs where that is <see cref="Hdbscan.MostWork"/> multiplications or
/// less.</param>
/// <param name="Seed">The only source of randomness where neighbors are found by NN-descent.</param>
/// <param name="Threads">null takes all processors. Clusters do not depend on it.</param>
public sealed record HdbscanOptions(
    [Bounds(2, int.MaxValue)] int MinClusterSize = 15,
    [Bounds(1, 1000)] int? MinSamples = null,
    Metric Metric = Metric.Euclidean,
    ClusterTree? Tree = null,
    ulong Seed = 1,
    [Bounds(1, 4096)] int? Threads = null);

/// <summary>Between which points distances were taken to join them.</summary>
public enum ClusterTree
{
    /// <summary>Between all: the clusters are those of the paper.</summary>
    AllPairs,

    /// <summary>Between each point and its nearest neighbors only; groups that no neighbor joins are never one cluster,
    /// and a stray point belongs, with a probability near 0, to the group of its neighbors.</summary>
    NeighborGraph,
}
