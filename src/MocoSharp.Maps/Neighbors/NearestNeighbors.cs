using System.Runtime.CompilerServices;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Finds each point's nearest others: among few points by comparing all, among many by NN-descent.</summary>
public static class NearestNeighbors
{
    /// <summary>Up to so many points every pair is compared.</summary>
    public const int ExactUpTo = 4096;

    /// <summary>Finds them.</summary>
    /// <param name="points">[N, D].</param>
    /// <param name="neighbors">K, 1 to N − 1; few dozens for speed.</param>
    /// <param name="metric">How far two points are apart.</param>
    /// <param name="search">How; null chooses by <see cref="ExactUpTo"/>.</param>
    /// <param name="seed">The only source of randomness of NN-descent. The result does not depend on the number of threads.</param>
    /// <param name="threads">1 or more; null takes all processors.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MapException">There are no more points than neighbors.</exception>
    public static NeighborGraph Find(PointSet points, int neighbors, Metric metric = Metric.Euclidean, NeighborSearch? search = null,
        ulong seed = 1, int? threads = null, CancellationToken cancel = default)
    {
        OptionException.Require(neighbors > 0, nameof(neighbors), neighbors, "a number of 1 or more");
        OptionException.Require(threads is null or > 0, nameof(threads), threads, "a number of 1 or more");
        if (neighbors >= points.Count)
        {
            throw new MapException(ErrorIds.TooFewPoints, $"{neighbors} neighbors were asked for among {points.Count} points",
                $"ask for {Math.Max(1, points.Count - 1)} or fewer, of 2 points or more");
        }
        return Find(points, neighbors, metric, search, seed, new Work(threads ?? Environment.ProcessorCount, cancel));
    }

    internal static NeighborGraph Find(PointSet points, int neighbors, Metric metric, NeighborSearch? search, ulong seed, Work work)
    {
        PreparedRows rows = PreparedRows.Of(metric, work, points)[0];
        NeighborSearch chosen = search
            ?? (points.Count <= Math.Max(ExactUpTo, 3 * neighbors) ? NeighborSearch.Exact : NeighborSearch.Descent);
        NearestLists lists = chosen == NeighborSearch.Exact ? ExactSearch.Find(rows, rows, neighbors, work)
            : NeighborDescent.Find(rows, neighbors, seed, work);
        Measure(lists, rows, rows, metric, PreparedRows.DistanceScale(metric, work, points), work);
        return new NeighborGraph(lists.Indices, lists.Distances, neighbors, chosen);
    }

    /// <summary>The nearest rows of other points: [M, K] indices and distances.</summary>
    internal static NeighborGraph Among(PointSet points, PointSet queries, int neighbors, Metric metric, Work work)
    {
        PreparedRows[] sets = PreparedRows.Of(metric, work, points, queries);
        NearestLists lists = ExactSearch.Find(sets[1], sets[0], neighbors, work);
        Measure(lists, sets[1], sets[0], metric, PreparedRows.DistanceScale(metric, work, points, queries), work);
        return new NeighborGraph(lists.Indices, lists.Distances, neighbors, NeighborSearch.Exact);
    }

    // Products lose digits where points are close together; the few that were found are measured by their differences.
    private static void Measure(NearestLists lists, PreparedRows queries, PreparedRows rows, Metric metric, float scale, Work work) =>
        work.Pieces(lists.Count, 256, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, _) =>
        {
            for (int row = start; row < end; row++)
            {
                Span<int> indices = lists.Indices.AsSpan(row * lists.Size, lists.Size);
                Span<float> distances = lists.Distances.AsSpan(row * lists.Size, lists.Size);
                indices.Sort();
                for (int i = 0; i < indices.Length; i++)
                {
                    float squared = PreparedRows.SquaredDistance(queries, row, rows, indices[i]);
                    distances[i] = metric == Metric.Cosine ? squared / 2 : MathF.Sqrt(squared) * scale;
                }
                SortByDistance(distances, indices);
            }
        });

    // Equal distances stay in the order of their indices.
    private static void SortByDistance(Span<float> distances, Span<int> indices)
    {
        for (int i = 1; i < distances.Length; i++)
        {
            (float distance, int index) = (distances[i], indices[i]);
            int place = i;
            for (; place > 0 && distances[place - 1] > distance; place--)
                (distances[place], indices[place]) = (distances[place - 1], indices[place - 1]);
            (distances[place], indices[place]) = (distance, index);
        }
    }
}
