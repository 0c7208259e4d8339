namespace MocoSharp.Maps.Clustering;

/// <summary>Groups of points that lie densely.</summary>
/// <param name="Labels">[N] the cluster of each point, 0 to C − 1, the one with the first point first; −1 where it is in none.</param>
/// <param name="Probabilities">[N] how firmly a point belongs to its cluster, 0 to 1; 0 where it is in none.</param>
/// <param name="Sizes">[C] points of each cluster.</param>
/// <param name="Exemplars">[C] a point from the densest part of each cluster, nearest to that part's mean.</param>
/// <param name="Tree">Between which points distances were taken.</param>
public sealed record Clusters(IReadOnlyList<int> Labels, IReadOnlyList<float> Probabilities, IReadOnlyList<int> Sizes,
    IReadOnlyList<int> Exemplars, ClusterTree Tree)
{
    /// <summary>The label of a point that is in no cluster.</summary>
    public const int None = -1;

    /// <summary>The number of clusters, C.</summary>
    public int Count => Sizes.Count;

    /// <summary>The number of points that are in none.</summary>
    public int Noise => Labels.Count - Sizes.Sum();
}
