using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>A map: points in the plane or in space, near each other where their features are. Others can be placed on it.</summary>
/// <remarks>To keep one, save features, places and options; <see cref="Restore"/> makes it again.</remarks>
public class UmapMap
{
    private protected UmapMap(PointSet features, PointSet points, UmapOptions options) =>
        (Features, Points, Options) = (features, points, options);

    /// <summary>[N, D] what the map was made of.</summary>
    public PointSet Features { get; }

    /// <summary>[N, C] the place of each point.</summary>
    public PointSet Points { get; }

    /// <summary>How it was made.</summary>
    public UmapOptions Options { get; }

    /// <summary>A map that was kept.</summary>
    /// <param name="features">[N, D] what it was made of.</param>
    /// <param name="points">[N, C] its places.</param>
    /// <param name="options">How it was made.</param>
    /// <exception cref="MapException">The sets differ in number, or the places in dimensions from the options.</exception>
    public static UmapMap Restore(PointSet features, PointSet points, UmapOptions options)
    {
        if (features.Count != points.Count || points.Dimensions != options.Components)
        {
            throw new MapException(ErrorIds.OtherSet,
                $"a map of {points.Count} points in {points.Dimensions} dimensions does not belong to "
                + $"{features.Count} features and {options.Components} components", "pass the places, features and options of one map");
        }
        return new UmapMap(features, points, options.Checked());
    }

    /// <summary>Places other points on this map, which stays as it is. A point's place does not depend on which others come with it,
    /// but for the number of epochs: 100 for up to 10,000 points and 30 for more, or a third of <see cref="UmapOptions.Epochs"/>.</summary>
    /// <param name="more">[M, D].</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>[M, C].</returns>
    /// <remarks>Each is compared with all points of the map.</remarks>
    /// <exception cref="MapException">They have other dimensions.</exception>
    public PointSet Transform(PointSet more, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        if (more.Dimensions != Features.Dimensions)
        {
            throw new MapException(ErrorIds.OtherSet,
                $"the points have {more.Dimensions} dimensions, and those of the map {Features.Dimensions}",
                "make both with the same encoder");
        }
        if (more.Count == 0) return new PointSet([], Options.Components);
        Work work = Options.Work(cancel);
        int neighbors = Math.Min(Options.Neighbors, Features.Count);
        NeighborGraph graph = NearestNeighbors.Among(Features, more, neighbors, Options.Metric, work);
        float[] memberships = FuzzyGraph.Memberships(graph, neighbors, Math.Max(0, Options.LocalConnectivity - 1), work);
        Placement placement = new(Place.Of(Points), graph, memberships, Options);
        return placement.Run(work, progress);
    }
}

/// <summary>A map that was just made, with what it was made from.</summary>
public sealed class UmapFit : UmapMap
{
    internal UmapFit(PointSet features, PointSet points, UmapOptions options, NeighborGraph neighbors, FirstPlaces first, int epochs,
        IReadOnlyList<string> notes) : base(features, points, options) =>
        (Neighbors, Start, Parts, Epochs, Notes) = (neighbors, first.Start, first.Parts, epochs, notes);

    /// <summary>The nearest others of each point.</summary>
    public NeighborGraph Neighbors { get; }

    /// <summary>Where points started, which is not what was asked for where <see cref="Notes"/> say so.</summary>
    public UmapStart Start { get; }

    /// <summary>The number of parts of the neighbor graph that nothing joins: how they lie to each other says little.</summary>
    public int Parts { get; }

    /// <summary>Rounds of the layout.</summary>
    public int Epochs { get; }

    /// <summary>What was done otherwise than asked, in sentences for the user.</summary>
    public IReadOnlyList<string> Notes { get; }
}
