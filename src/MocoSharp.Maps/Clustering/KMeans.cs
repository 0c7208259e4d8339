using System.Numerics.Tensors;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Clustering;

/// <summary>A given number of clusters, each around its mean: the squared distances of points to their cluster's mean are small in
/// all.</summary>
/// <remarks>Lloyd 1982 from starts by Arthur and Vassilvitskii 2007 (k-means++). The same bits at any number of threads.</remarks>
public static class KMeans
{
    /// <summary>Finds clusters.</summary>
    /// <param name="points">[N, D], N at least the number of clusters.</param>
    /// <param name="options">How many, and how.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OptionException">An option is out of its range.</exception>
    /// <exception cref="MapException">MS8002: there are fewer points than clusters.</exception>
    public static KMeansClusters Fit(PointSet points, KMeansOptions options, CancellationToken cancel = default)
    {
        _ = options.InBounds();
        if (points.Count < options.Clusters)
            throw new MapException(ErrorIds.TooFewPoints, $"{options.Clusters} clusters were asked for among {points.Count} points",
                $"ask for {points.Count} or fewer");
        Work work = new(options.Threads ?? Environment.ProcessorCount, cancel);
        return Enumerable.Range(0, options.Starts).Select(start => Improve(points, Start(points, options, start, work), options, work))
            .MinBy(static found => found.Inertia)!;
    }

    // Each next center is a point, drawn by its squared distance to the nearest center so far.
    private static float[] Start(PointSet points, KMeansOptions options, int start, Work work)
    {
        Rng rng = Rng.For(options.Seed, Rng.Use.Centers, start);
        float[] centers = new float[options.Clusters * points.Dimensions];
        double[] nearest = new double[points.Count];
        nearest.AsSpan().Fill(double.PositiveInfinity);
        int chosen = rng.NextInt32(points.Count);
        for (int cluster = 0; ; cluster++)
        {
            int center = chosen;
            points[center].CopyTo(centers.AsSpan(cluster * points.Dimensions));
            if (cluster + 1 == options.Clusters) return centers;
            work.Pieces(points.Count, Work.Piece, (first, end, _) =>
            {
                for (int row = first; row < end; row++)
                    nearest[row] = row == center ? 0 : Math.Min(nearest[row], Squared(points[row], points[center]));
            });
            chosen = Draw(nearest, rng.NextDouble());
        }
    }

    private static int Draw(double[] weights, double share)
    {
        double left = share * weights.Sum();
        for (int row = 0; row < weights.Length; row++)
            if ((left -= weights[row]) < 0) return row;
        return Array.FindLastIndex(weights, static weight => weight > 0) is >= 0 and int last ? last : 0;      // equal points, or rounding
    }

    private static KMeansClusters Improve(PointSet points, float[] centers, KMeansOptions options, Work work)
    {
        int[] labels = new int[points.Count];
        double[] distances = new double[points.Count];
        labels.AsSpan().Fill(-1);
        for (int iteration = 1; ; iteration++)
        {
            bool changed = Assign(points, centers, labels, distances, work);
            if (!changed || iteration == options.MaximumIterations)
                return new KMeansClusters(labels, new PointSet(centers, points.Dimensions), Sizes(labels, options.Clusters),
                    distances.Sum(), iteration);
            Move(points, centers, labels, distances, options.Clusters);
        }
    }

    private static bool Assign(PointSet points, float[] centers, int[] labels, double[] distances, Work work)
    {
        NeighborGraph nearest = NearestNeighbors.Among(new PointSet(centers, points.Dimensions), points, 1, Metric.Euclidean, work);
        bool changed = false;
        for (int row = 0; row < labels.Length; row++)
        {
            (int best, double distance) = (nearest.Of(row)[0], nearest.DistancesOf(row)[0]);
            distances[row] = distance * distance;
            changed |= labels[row] != best;
            labels[row] = best;
        }
        return changed;
    }

    // A cluster that has lost all its points begins anew at the point that is farthest from its center.
    private static void Move(PointSet points, float[] centers, int[] labels, double[] distances, int clusters)
    {
        int dimensions = points.Dimensions;
        double[] sums = new double[clusters * dimensions], wide = new double[dimensions];
        int[] sizes = Sizes(labels, clusters);
        for (int row = 0; row < labels.Length; row++)
        {
            Span<double> sum = sums.AsSpan(labels[row] * dimensions, dimensions);
            TensorPrimitives.ConvertTruncating(points[row], wide);
            TensorPrimitives.Add(sum, wide, sum);
        }
        for (int cluster = 0; cluster < clusters; cluster++)
        {
            Span<float> center = centers.AsSpan(cluster * dimensions, dimensions);
            if (sizes[cluster] == 0)
            {
                int farthest = Array.IndexOf(distances, distances.Max());
                distances[farthest] = 0;
                points[farthest].CopyTo(center);
                continue;
            }
            for (int d = 0; d < dimensions; d++) center[d] = (float)(sums[cluster * dimensions + d] / sizes[cluster]);
        }
    }

    private static int[] Sizes(int[] labels, int clusters)
    {
        int[] sizes = new int[clusters];
        foreach (int label in labels) sizes[label]++;
        return sizes;
    }

    private static double Squared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float distance = TensorPrimitives.Distance(a, b);
        return (double)distance * distance;
    }
}

/// <summary>How <see cref="KMeans"/> finds clusters.</summary>
/// <param name="Clusters">How many.</param>
/// <param name="Starts">How often it starts anew; the closest clusters of all starts are taken.</param>
/// <param name="MaximumIterations">Upper bound of the moves of a start.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="Threads">null takes all processors. Clusters do not depend on it.</param>
public sealed record KMeansOptions(
    [Bounds(1, 65536)] int Clusters,
    [Bounds(1, 1000)] int Starts = 3,
    [Bounds(1, 100000)] int MaximumIterations = 100,
    ulong Seed = 1,
    [Bounds(1, 4096)] int? Threads = null);

/// <summary>Clusters that <see cref="KMeans"/> found.</summary>
/// <param name="Labels">[N]: each point's cluster, from 0.</param>
/// <param name="Centers">[clusters, D]: the means.</param>
/// <param name="Sizes">Points of each cluster.</param>
/// <param name="Inertia">The squared distances of all points to their centers, added up.</param>
/// <param name="Iterations">Assignments that the start took.</param>
public sealed record KMeansClusters(
    IReadOnlyList<int> Labels, PointSet Centers, IReadOnlyList<int> Sizes, double Inertia, int Iterations);
