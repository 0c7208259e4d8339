using System.Numerics.Tensors;
using MocoSharp.Imaging;

namespace MocoSharp.Selection;

/// <summary>Clusters by their means: k-means++ (Arthur and Vassilvitskii 2007) and Lloyd's steps, by Euclidean distance.</summary>
/// <remarks>Sums are made in the order of the rows, so that the number of threads changes nothing.</remarks>
internal static class KMeans
{
    private const int MostSteps = 25, RowsAtOnce = 64, LeastMoved = 1000;

    /// <summary>Clusters rows.</summary>
    /// <param name="rows">The rows, each of length 1.</param>
    /// <param name="count">How many clusters, 1 to the number of rows; some may stay empty.</param>
    /// <param name="seed">Of the first means.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <returns>[N]: each row's cluster. Steps end when less than a thousandth of the rows moves, or after 25.</returns>
    internal static int[] Fit(UnitRows rows, int count, ulong seed, CancellationToken cancel)
    {
        float[][] means = Start(rows, count, seed, cancel);
        int[] clusters = new int[rows.Count];
        clusters.AsSpan().Fill(-1);
        for (int step = 0; step < MostSteps; step++)
        {
            cancel.ThrowIfCancellationRequested();
            if (Assign(rows, means, clusters, cancel) * LeastMoved < rows.Count) break;
            Move(rows, clusters, means);
        }
        return clusters;
    }

    private static float[][] Start(UnitRows rows, int count, ulong seed, CancellationToken cancel)
    {
        Rng rng = Rng.For(seed, epoch: 1);
        int[] centers = new int[count];
        centers[0] = rng.NextInt32(rows.Count);
        Coverage coverage = new(rows, [centers[0]], cancel);
        for (int i = 1; i < count; i++)
        {
            double sum = 0;
            for (int row = 0; row < rows.Count; row++) sum += Far(coverage[row]);
            double left = rng.NextDouble() * sum;
            int chosen = 0;
            for (int row = 0; row < rows.Count; row++)
            {
                if (Far(coverage[row]) == 0) continue;
                chosen = row;
                if ((left -= Far(coverage[row])) < 0) break;
            }
            coverage.Add(centers[i] = chosen);
        }
        return [.. centers.Select(center => rows[center].ToArray())];
    }

    /// <summary>Half of the squared distance of two rows of length 1; rounding leaves some 10⁻⁷ of equal ones.</summary>
    private static double Far(float cosine) => cosine > 1 - 1e-6f ? 0 : 1 - cosine;

    private static int Assign(UnitRows rows, float[][] means, int[] clusters, CancellationToken cancel)
    {
        float[] halves = [.. means.Select(static mean => TensorPrimitives.SumOfSquares<float>(mean) / 2)];
        int moved = 0;
        Parallel.For(0, (rows.Count + RowsAtOnce - 1) / RowsAtOnce, new ParallelOptions { CancellationToken = cancel }, block =>
        {
            int first = block * RowsAtOnce, count = Math.Min(RowsAtOnce, rows.Count - first), own = 0;
            Span<float> best = stackalloc float[count];
            Span<int> nearest = stackalloc int[count];
            best.Fill(float.NegativeInfinity);
            for (int cluster = 0; cluster < means.Length; cluster++)
                for (int i = 0; i < count; i++)
                {
                    float score = TensorPrimitives.Dot(rows[first + i], means[cluster]) - halves[cluster];
                    if (score > best[i]) (best[i], nearest[i]) = (score, cluster);
                }
            for (int i = 0; i < count; i++)
            {
                own += clusters[first + i] == nearest[i] ? 0 : 1;
                clusters[first + i] = nearest[i];
            }
            Interlocked.Add(ref moved, own);
        });
        return moved;
    }

    private static void Move(UnitRows rows, int[] clusters, float[][] means)
    {
        ILookup<int, int> members = Enumerable.Range(0, rows.Count).ToLookup(row => clusters[row]);
        Parallel.ForEach(members, cluster =>
        {
            float[] mean = new float[rows.Dimensions];
            int count = 0;
            foreach (int row in cluster)
            {
                TensorPrimitives.Add(mean, rows[row], mean);
                count++;
            }
            TensorPrimitives.Divide(mean, count, means[cluster.Key]);
        });
    }
}
