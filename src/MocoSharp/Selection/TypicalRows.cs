using MocoSharp.Imaging;
using MocoSharp.Maps.Clustering;

namespace MocoSharp.Selection;

/// <summary>Chooses the densest rows of clusters in which nothing is labeled, the largest clusters first: TypiClust (Hacohen et al.
/// 2022).</summary>
internal sealed class TypicalRows
{
    /// <summary>With more, clusters have too few rows to tell which is dense; as in the paper.</summary>
    internal const int MostClusters = 500;

    private const int Neighbors = 20, SmallCluster = 5, MostCompared = 2000, MostSteps = 25;
    private readonly UnitRows _rows;
    private readonly List<int>[] _members;
    private readonly int[] _covered, _left;
    private readonly Queue<int>?[] _open;
    private readonly Dictionary<int, double> _typicality = [];
    private readonly IReadOnlySet<int> _candidates;
    private readonly ulong _seed;

    private TypicalRows(
        UnitRows rows, IReadOnlyList<int> clusters, int count, IReadOnlyCollection<int> covered, IReadOnlySet<int> candidates, ulong seed)
    {
        (_rows, _candidates, _seed) = (rows, candidates, seed);
        (_members, _covered, _open) = ([.. Enumerable.Range(0, count).Select(static _ => new List<int>())], new int[count],
            new Queue<int>?[count]);
        for (int row = 0; row < rows.Count; row++) _members[clusters[row]].Add(row);
        foreach (int row in covered) _covered[clusters[row]]++;
        _left = [.. _members.Select(members => members.Count(candidates.Contains))];
    }

    /// <summary>Chooses.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="covered">Labeled and chosen ones.</param>
    /// <param name="candidates">Those that may be chosen.</param>
    /// <param name="count">How many, no more than there are candidates.</param>
    /// <param name="seed">Of the clusters' start.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Rows, and one divided by the mean distance to their nearest neighbors of the cluster.</returns>
    internal static IEnumerable<(int Row, double Score)> Choose(
        UnitRows rows, IReadOnlyCollection<int> covered, IReadOnlySet<int> candidates, int count, ulong seed, CancellationToken cancel)
    {
        int clusters = Math.Min(Math.Min(covered.Count + count, MostClusters), rows.Count);
        KMeansOptions options = new(clusters, Starts: 1, MaximumIterations: MostSteps, seed);
        TypicalRows typical = new(rows, KMeans.Fit(rows.Points, options, cancel).Labels, clusters, covered, candidates, seed);
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            yield return typical.Next();
        }
    }

    private (int, double) Next()
    {
        int cluster = Enumerable.Range(0, _members.Length).Where(one => _left[one] > 0).OrderBy(one => _covered[one])
            .ThenBy(one => _members[one].Count < SmallCluster).ThenByDescending(one => _members[one].Count).First();
        _covered[cluster]++;
        _left[cluster]--;
        int row = Open(cluster).Dequeue();
        return (row, _typicality[row]);
    }

    /// <summary>The cluster's candidates that are left, the densest first.</summary>
    private Queue<int> Open(int cluster)
    {
        if (_open[cluster] is { } open) return open;
        int[] candidates = [.. _members[cluster].Where(_candidates.Contains)], others = [.. _members[cluster]];
        if (others.Length > MostCompared)
        {
            Rng.For(_seed, epoch: 2, sample: cluster).Shuffle<int>(others);
            others = [.. others.Take(MostCompared)];
        }
        double[] scores = new double[candidates.Length];
        Parallel.For(0, candidates.Length, i => scores[i] = Typicality(candidates[i], others));
        foreach ((int at, int row) in candidates.Index()) _typicality[row] = scores[at];
        return _open[cluster] = new Queue<int>(candidates.OrderByDescending(row => _typicality[row]).ThenBy(static row => row));
    }

    private double Typicality(int row, int[] others)
    {
        int neighbors = Math.Max(1, Math.Min(Neighbors, others.Length / 2));
        double[] nearest = [.. others.Where(other => other != row)
            .Select(other => Math.Sqrt(Math.Max(0, 2 - 2.0 * _rows.Cosine(row, other)))).Order().Take(neighbors)];
        return nearest.Length == 0 ? 0 : 1 / (nearest.Average() + 1e-5);
    }
}
