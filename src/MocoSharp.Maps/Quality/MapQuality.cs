using System.Runtime.CompilerServices;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Quality;

/// <summary>How far a map keeps what is near, at k neighbors.</summary>
/// <param name="Trustworthiness">1 where all neighbors on the map are neighbors by features, about 0.5 on a random map; it counts how far
/// off the others are (Venna and Kaski 2001, as scikit-learn has it).</param>
/// <param name="NeighborsKept">The share of each point's k nearest by features that are among its k nearest on the map, 0 to 1.</param>
/// <param name="Neighbors">k.</param>
/// <param name="Sample">How many points were asked; each was compared with all.</param>
public sealed record MapQuality(double Trustworthiness, double NeighborsKept, int Neighbors, int Sample)
{
    /// <summary>Up to so many points all are asked, of more a sample of so many.</summary>
    public const int ExactUpTo = 10_000;

    private const int Rows = 16, Columns = 192;

    /// <summary>Measures a map.</summary>
    /// <param name="features">[N, D].</param>
    /// <param name="points">[N, C] the places on the map, which are compared by their Euclidean distance.</param>
    /// <param name="neighbors">k, 1 or more and less than half of N.</param>
    /// <param name="metric">How far two points are apart by their features.</param>
    /// <param name="sample">How many points to ask; null is all, or <see cref="ExactUpTo"/> of more.</param>
    /// <param name="seed">Of the sample.</param>
    /// <param name="threads">1 or more; null takes all processors. The result does not depend on it.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MapException">The sets differ in number, or there are too few points.</exception>
    public static MapQuality Of(PointSet features, PointSet points, int neighbors = 15, Metric metric = Metric.Euclidean,
        int? sample = null, ulong seed = 1, int? threads = null, CancellationToken cancel = default)
    {
        OptionException.Require(neighbors > 0, nameof(neighbors), neighbors, "a number of 1 or more");
        OptionException.Require(sample is null or > 0, nameof(sample), sample, "a number of 1 or more");
        OptionException.Require(threads is null or > 0, nameof(threads), threads, "a number of 1 or more");
        Require(features, points, neighbors);
        Work work = new(threads ?? Environment.ProcessorCount, cancel);
        int[] asked = Choose(features.Count, Math.Min(features.Count, sample ?? ExactUpTo), seed);
        PreparedRows near = PreparedRows.Of(metric, work, features)[0], placed = PreparedRows.Of(Metric.Euclidean, work, points)[0];
        double[] penalties = new double[asked.Length];
        int[] kept = new int[asked.Length];
        work.Pieces(asked.Length, Rows, (start, end, _) =>
        {
            ReadOnlySpan<int> rows = asked.AsSpan(start, end - start);
            float[] byFeatures = Distances(near, rows), byPlace = Distances(placed, rows);
            for (int i = 0; i < rows.Length; i++)
            {
                Span<float> own = byFeatures.AsSpan(i * features.Count, features.Count);
                int[] nearest = Nearest(byPlace.AsSpan(i * features.Count, features.Count), rows[i], neighbors);
                foreach (int rank in Ranks(own, rows[i], nearest))
                {
                    penalties[start + i] += Math.Max(0, rank - neighbors);
                    if (rank <= neighbors) kept[start + i]++;
                }
            }
        });
        double most = (double)asked.Length * neighbors * (2.0 * features.Count - 3.0 * neighbors - 1) / 2;
        return new MapQuality(1 - penalties.Sum() / most, kept.Sum() / ((double)asked.Length * neighbors), neighbors, asked.Length);
    }

    private static void Require(PointSet features, PointSet points, int neighbors)
    {
        if (features.Count != points.Count)
        {
            throw new MapException(ErrorIds.OtherSet, $"there are {points.Count} places for {features.Count} features",
                "pass the features that the map was made of");
        }
        if (2 * neighbors >= features.Count)
        {
            throw new MapException(ErrorIds.TooFewPoints,
                $"neighbors is {neighbors}, which is not less than half of {features.Count} points",
                $"ask for {Math.Max(1, (features.Count - 1) / 2)} or fewer, of 3 points or more");
        }
    }

    private static int[] Choose(int count, int sample, ulong seed)
    {
        int[] rows = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < sample && sample < count; i++)
        {
            int j = i + Rng.For(seed, Rng.Use.Sample, i).NextInt32(count - i);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }
        return rows[..sample];
    }

    private static float[] Distances(PreparedRows all, ReadOnlySpan<int> rows)
    {
        float[] distances = new float[rows.Length * all.Count], tile = new float[rows.Length * Columns];
        int[] columns = new int[Columns];
        for (int first = 0; first < all.Count; first += Columns)
        {
            int width = Math.Min(Columns, all.Count - first);
            for (int i = 0; i < width; i++) columns[i] = first + i;
            Products.SquaredDistances(all, rows, all, columns.AsSpan(0, width), tile);
            for (int i = 0; i < rows.Length; i++) tile.AsSpan(i * width, width).CopyTo(distances.AsSpan(i * all.Count + first));
        }
        return distances;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Nearest(ReadOnlySpan<float> distances, int self, int neighbors)
    {
        NearestLists list = new(1, neighbors);
        for (int i = 0; i < distances.Length; i++) if (i != self) _ = list.Offer(0, i, distances[i]);
        return list.Indices;
    }

    // 1 for the nearest other point; equal distances rank by index.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Ranks(ReadOnlySpan<float> distances, int self, int[] of)
    {
        (float Distance, int Index)[] sought = [.. of.Select(index => (0f, index))];
        for (int i = 0; i < of.Length; i++) sought[i].Distance = distances[of[i]];
        Array.Sort(sought);
        int[] between = new int[of.Length + 1];           // how many points lie before each sought one, and not before its forerunner
        float furthest = sought[^1].Distance;
        for (int i = 0; i < distances.Length; i++)
        {
            if (i == self || distances[i] > furthest) continue;
            int place = Array.BinarySearch(sought, (distances[i], i));
            between[place < 0 ? ~place : place]++;
        }
        int[] ranks = new int[of.Length];
        int sum = 0;
        for (int i = 0; i < ranks.Length; i++) ranks[i] = sum += between[i];
        return ranks;
    }
}
