using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Clustering;

/// <summary>Hierarchical clusters by density, without a number of clusters to choose: those that persist over the widest range of
/// densities.</summary>
/// <remarks>Campello, Moulavi and Sander 2013; clusters by excess of mass, as in scikit-learn, never all points as one.</remarks>
public static class Hdbscan
{
    /// <summary>Up to so many multiplications (points² × dimensions) all pairs are compared.</summary>
    public const double MostWork = 1e11;

    private const int LeastNeighbors = 15;

    /// <summary>Finds clusters.</summary>
    /// <param name="points">[N, D]: features, or the places of a map.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OptionException">An option is out of its range, or asks for more points than there are.</exception>
    /// <exception cref="MapException">There are fewer than two points.</exception>
    public static Clusters Fit(PointSet points, HdbscanOptions? options = null, CancellationToken cancel = default)
    {
        HdbscanOptions asked = (options ?? new HdbscanOptions()).InBounds();
        if (points.Count < 2)
            throw new MapException(ErrorIds.TooFewPoints, $"clusters were asked for among {points.Count} points", "pass 2 or more");
        int samples = asked.MinSamples ?? asked.MinClusterSize;
        if (samples > points.Count)
        {
            throw new OptionException(nameof(asked.MinSamples), samples, $"more than the {points.Count} points",
                $"set minSamples to {points.Count} or less");
        }
        Work work = new(asked.Threads ?? Environment.ProcessorCount, cancel);
        ClusterTree tree = asked.Tree
            ?? ((double)points.Count * points.Count * points.Dimensions <= MostWork ? ClusterTree.AllPairs : ClusterTree.NeighborGraph);
        Edge[] edges = tree == ClusterTree.AllPairs ? AllPairs(points, samples, asked.Metric, work) : Nearest(points, samples, asked, work);
        Array.Sort(edges, static (a, b) => (a.Distance, a.From, a.To).CompareTo((b.Distance, b.From, b.To)));
        CondensedTree condensed = CondensedTree.Of(Merges.Of(edges, points.Count), points.Count, asked.MinClusterSize);
        return Name(condensed, points, tree);
    }

    private static Edge[] AllPairs(PointSet points, int samples, Metric metric, Work work)
    {
        float[] cores = new float[points.Count];
        if (samples > 1)
        {
            NeighborGraph nearest = NearestNeighbors.Find(points, samples - 1, metric, NeighborSearch.Exact, 0, work);
            for (int row = 0; row < cores.Length; row++) cores[row] = nearest.DistancesOf(row)[^1];
        }
        return SpanningTree.Prim(points, cores, metric, work);
    }

    private static Edge[] Nearest(PointSet points, int samples, HdbscanOptions options, Work work)
    {
        int neighbors = Math.Min(points.Count - 1, Math.Max(LeastNeighbors, 2 * samples));
        NeighborGraph nearest = NearestNeighbors.Find(points, neighbors, options.Metric, null, options.Seed, work);
        float[] cores = [.. Enumerable.Range(0, points.Count).Select(row => samples == 1 ? 0 : nearest.DistancesOf(row)[samples - 2])];
        return SpanningTree.Kruskal(nearest, cores);
    }

    private static Clusters Name(CondensedTree tree, PointSet points, ClusterTree kind)
    {
        int[] chosen = tree.MostStable();
        int[] labels = new int[points.Count];
        float[] probabilities = new float[points.Count];
        int[] clusters = tree.Assign(chosen);
        int[] names = new int[chosen.Length];
        names.AsSpan().Fill(Clusters.None);
        int next = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            int cluster = clusters[row];
            labels[row] = cluster < 0 ? Clusters.None : names[cluster] < 0 ? names[cluster] = next++ : names[cluster];
            if (cluster >= 0) probabilities[row] = (float)tree.Probability(row, chosen[cluster]);
        }
        int[][] members = [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] >= 0).GroupBy(row => labels[row])
            .Select(static rows => rows.ToArray())];
        return new Clusters(labels, probabilities, [.. members.Select(static one => one.Length)],
            [.. members.Select(one => Exemplar(points, one, probabilities))], kind);
    }

    // Of those that hold out longest, the one nearest to their mean.
    private static int Exemplar(PointSet points, int[] members, float[] probabilities)
    {
        float most = members.Max(row => probabilities[row]);
        int[] core = [.. members.Where(row => probabilities[row] >= most)];
        double[] mean = new double[points.Dimensions];
        foreach (int row in core) for (int d = 0; d < mean.Length; d++) mean[d] += points[row][d] / (double)core.Length;
        return core.MinBy(row =>
        {
            double squared = 0;
            for (int d = 0; d < mean.Length; d++) squared += (points[row][d] - mean[d]) * (points[row][d] - mean[d]);
            return squared;
        });
    }
}
