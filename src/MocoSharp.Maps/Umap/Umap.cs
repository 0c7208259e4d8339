using System.Runtime.Intrinsics;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps;

/// <summary>Uniform manifold approximation and projection: a map on which neighbors stay neighbors.</summary>
/// <remarks>McInnes, Healy and Melville 2018, arXiv:1802.03426. One seed gives the same bits at any number of threads, in any process, and
/// whether the processor has AVX-512 or AVX2 alone.</remarks>
public static class Umap
{
    private const int ManyPoints = 10_000;

    /// <summary>Makes a map.</summary>
    /// <param name="features">[N, D].</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="labels">A class for each point, below 0 where it is unknown; points of a class then lie closer together, by
    /// <see cref="UmapOptions.TargetWeight"/>. Null goes by features alone.</param>
    /// <param name="start">[N, components] places to start from, whatever <see cref="UmapOptions.Start"/> says: those of a map of the same
    /// points by other features. Points are drawn back to them a little, and a map in the plane is turned onto them in the end (<see
    /// cref="Procrustes"/>), so that the two can be compared. Null finds places.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MapException">There is no point, or another number of labels or places.</exception>
    /// <exception cref="OptionException">An option is out of its range.</exception>
    public static UmapFit Fit(PointSet features, UmapOptions? options = null, ReadOnlyMemory<int>? labels = null,
        PointSet? start = null, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        UmapOptions asked = (options ?? new UmapOptions()).Checked();
        Require(features, labels);
        Require(features, start, asked);
        Work work = asked.Work(cancel);
        List<string> notes = [.. Notes(features, asked)];
        int neighbors = Math.Min(asked.Neighbors, features.Count);
        int epochs = asked.Epochs ?? (features.Count <= ManyPoints ? 500 : 200);
        if (features.Count == 1) return Alone(features, asked, notes);
        NeighborGraph nearest = NearestNeighbors.Find(features, neighbors - 1, asked.Metric, asked.Search, asked.Seed, work);
        progress?.Report(0.3);
        SparseGraph graph = FuzzyGraph.Of(nearest, neighbors, asked.LocalConnectivity, asked.Union, work);
        if (labels is { } known) graph = FuzzyGraph.Supervised(graph, known, asked.TargetWeight, work);
        float least = graph.Weights.Length == 0 ? 0 : graph.Weights.Max() / epochs;     // weaker edges are never due
        graph = graph.Where(weight => weight >= least);
        FirstPlaces first = start is null ? FirstPlaces.Of(features, graph, asked, work) : FirstPlaces.Given(start, graph, asked);
        if (first.Note is not null) notes.Add(first.Note);
        progress?.Report(0.4);
        Vector128<float>[] places = Place.Of(new PointSet(first.Places, asked.Components));
        new Layout(graph, asked, work, start).Run(places, epochs, share => progress?.Report(0.4 + 0.6 * share));
        PointSet points = Place.ToPoints(places, asked.Components);
        if (start is { Dimensions: 2 }) points = Procrustes.Turn(points, start);
        return new UmapFit(features, points, asked, nearest, first, epochs, notes);
    }

    private static void Require(PointSet features, ReadOnlyMemory<int>? labels)
    {
        if (features.Count == 0) throw new MapException(ErrorIds.TooFewPoints, "there is no point to map", "pass one or more");
        if (labels is { } known && known.Length != features.Count)
        {
            throw new MapException(ErrorIds.OtherSet, $"there are {known.Length} labels for {features.Count} points",
                "pass a label for each point, -1 where it is unknown");
        }
    }

    private static void Require(PointSet features, PointSet? start, UmapOptions options)
    {
        if (start is null && options.Start == UmapStart.Given)
            throw new OptionException(nameof(options.Start), options.Start, "and no places are passed", "pass them, or start otherwise");
        if (start is not null && (start.Count != features.Count || start.Dimensions != options.Components))
        {
            throw new MapException(ErrorIds.OtherSet, $"{start.Count} places in {start.Dimensions} dimensions are no start for "
                + $"{features.Count} points in {options.Components}", "pass a place for each point");
        }
    }

    private static bool AreEqual(PointSet features)
    {
        ReadOnlySpan<float> all = features.Values.Span;
        return all[..^features.Dimensions].SequenceEqual(all[features.Dimensions..]);
    }

    private static IEnumerable<string> Notes(PointSet features, UmapOptions options)
    {
        if (features.Count < options.Neighbors)
            yield return $"neighbors is {options.Neighbors}, and the map has {features.Count} in all: each point has all others as "
                + "neighbors";
        if (features.Count > 1 && AreEqual(features))
            yield return $"all {features.Count} points are the same: where they lie on the map tells nothing";
        int zeros = options.Metric == Metric.Cosine ? PreparedRows.CountZeroRows(features) : 0;
        if (zeros > 0)
        {
            yield return $"{zeros} rows hold only zeros and have no direction: under the cosine metric they lie together, apart from "
                + "all others";
        }
    }

    private static UmapFit Alone(PointSet features, UmapOptions options, List<string> notes) =>
        new(features, new PointSet(new float[options.Components], options.Components), options,
            new NeighborGraph([], [], 0, NeighborSearch.Exact), new FirstPlaces([], options.Start, 1, null), 0, notes);
}
