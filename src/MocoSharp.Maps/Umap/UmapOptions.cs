namespace MocoSharp.Maps;

/// <summary>Where points of a map start.</summary>
public enum UmapStart
{
    /// <summary>Eigenvectors of the neighbor graph's normalized Laplacian; parts of the graph that nothing joins are laid out each for
    /// itself. Principal components stand in where the eigenvectors are not found within the allowed steps, and the map says so.</summary>
    Spectral,

    /// <summary>Principal components of the points.</summary>
    Pca,

    /// <summary>Uniform in a square.</summary>
    Random,

    /// <summary>At places that are passed to <see cref="Umap.Fit"/>.</summary>
    Given,
}

/// <summary>How a map is made. Defaults are those of the reference implementation.</summary>
/// <param name="Neighbors">How many nearest points tell what is near; a point counts itself. Few show detail, many the whole.</param>
/// <param name="Components">The map's dimensions.</param>
/// <param name="Metric">How far two points are apart.</param>
/// <param name="MinDistance">How close points may lie on the map, at most Spread.</param>
/// <param name="Spread">The scale of the map's distances.</param>
/// <param name="Epochs">Rounds of the layout; null is 500 for up to 10,000 points and 200 for more.</param>
/// <param name="Start">Where points start.</param>
/// <param name="LearningRate">The first epoch's; it falls to 0 in a straight line.</param>
/// <param name="NegativeSamples">Points that a point is pushed from for each that it is pulled to.</param>
/// <param name="Repulsion">How strongly.</param>
/// <param name="LocalConnectivity">How many nearest neighbors count as fully near.</param>
/// <param name="Union">1 joins two points if either counts the other as near, 0 if both do.</param>
/// <param name="TargetWeight">With labels: 0 lays out by features alone, 1 by labels above all.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="Search">How neighbors are found; null chooses by the number of points.</param>
/// <param name="Threads">null takes all processors. The map does not depend on it.</param>
public sealed record UmapOptions(
    [Bounds(2, 1000)] int Neighbors = 15,
    [Bounds(2, 3)] int Components = 2,
    Metric Metric = Metric.Euclidean,
    [Bounds(0, int.MaxValue)] double MinDistance = 0.1,
    [Bounds(0, int.MaxValue, ExceptLeast = true)] double Spread = 1,
    [Bounds(1, int.MaxValue)] int? Epochs = null,
    UmapStart Start = UmapStart.Spectral,
    [Bounds(0, int.MaxValue, ExceptLeast = true)] double LearningRate = 1,
    [Bounds(0, 1000)] int NegativeSamples = 5,
    [Bounds(0, int.MaxValue)] double Repulsion = 1,
    [Bounds(1, 1000)] double LocalConnectivity = 1,
    [Bounds(0, 1)] double Union = 1,
    [Bounds(0, 1)] double TargetWeight = 0.5,
    ulong Seed = 1,
    Neighbors.NeighborSearch? Search = null,
    [Bounds(1, 4096)] int? Threads = null)
{
    internal UmapOptions Checked()
    {
        UmapOptions checkedOnes = this.InBounds();
        if (MinDistance > Spread)
        {
            throw new OptionException(nameof(MinDistance), MinDistance, $"more than spread, which is {Spread}",
                $"set minDistance to {Spread} or less, or raise spread");
        }
        return checkedOnes;
    }

    internal Numerics.Work Work(CancellationToken cancel) => new(Threads ?? Environment.ProcessorCount, cancel);
}
