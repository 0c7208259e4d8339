using MocoSharp.Imaging.Comparison;

namespace MocoSharp.Embeddings;

/// <summary>Pairs whose pixels say that they are the same picture.</summary>
internal sealed class ConfirmedPairs
{
    private const int AtOnce = 2048, LeastMisses = 10_000, MissesAPicture = 2;
    private readonly SketchedPictures _pictures;
    private readonly double _correlation;
    private readonly Dictionary<(int, int), Likeness> _known = [];
    private readonly List<(int, int)> _pairs = [];

    private ConfirmedPairs(SketchedPictures pictures, double correlation) => (_pictures, _correlation) = (pictures, correlation);

    /// <summary>Pairs that are the same, the most alike by pixels first.</summary>
    internal IEnumerable<(int First, int Second)> Pairs => _pairs.OrderByDescending(pair => _known[pair].Correlation)
        .ThenBy(static pair => pair);

    /// <summary>How many pairs are the same.</summary>
    internal int Same => _pairs.Count;

    /// <summary>Pairs that were compared, down from the most alike.</summary>
    internal int Compared { get; private set; }

    /// <summary>The lowest similarity of a pair that was compared; what was asked for, where it was.</summary>
    internal double Lowest { get; private set; } = 1;

    /// <summary>The lowest similarity of a candidate that is the same; null where none is.</summary>
    internal double? LowestSame { get; private set; }

    /// <summary>Compares candidates.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="candidates">The most alike first.</param>
    /// <param name="threshold">Down to which similarity; null goes down until twice as many in a row as there are pictures, or 10,000, are
    /// not the same.</param>
    /// <param name="correlation">From which correlation on they are the same.</param>
    /// <param name="cancel">Stops it.</param>
    internal static ConfirmedPairs Of(
        SketchedPictures pictures, IReadOnlyList<CandidatePair> candidates, double? threshold, double correlation, CancellationToken cancel)
    {
        ConfirmedPairs confirmed = new(pictures, correlation);
        foreach ((int one, int other) in pictures.EqualAcross()) confirmed.Add(one, other, confirmed.Compare(one, other));
        int misses = 0, most = threshold is null ? Math.Max(LeastMisses, MissesAPicture * pictures.Count) : int.MaxValue;
        Likeness[] results = new Likeness[AtOnce];
        for (int start = 0; start < candidates.Count; start += AtOnce)
        {
            int first = start, count = Math.Min(AtOnce, candidates.Count - start);
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel }, i =>
                results[i] = confirmed.Compare(candidates[first + i].First, candidates[first + i].Second));
            for (int i = 0; i < count; i++)
            {
                if (misses >= most || candidates[start + i].Similarity < threshold) return confirmed.Ended(threshold);
                misses = confirmed.Take(candidates[start + i], results[i]) ? 0 : misses + 1;
            }
        }
        return confirmed.Ended(threshold);
    }

    /// <summary>How alike two pictures are.</summary>
    internal Likeness Between(int first, int second)
    {
        (int, int) pair = (Math.Min(first, second), Math.Max(first, second));
        if (!_known.TryGetValue(pair, out Likeness likeness)) _known[pair] = likeness = Compare(pair.Item1, pair.Item2);
        return likeness;
    }

    /// <summary>Whether two pictures are the same.</summary>
    internal bool AreSame(int first, int second) => Between(first, second).Correlation >= _correlation;

    private Likeness Compare(int first, int second) => PictureComparison.Compare(_pictures[first].Sketch, _pictures[second].Sketch);

    private bool Take(CandidatePair pair, Likeness likeness)
    {
        (Compared, Lowest) = (Compared + 1, pair.Similarity);
        if (likeness.Correlation < _correlation) return false;
        Add(pair.First, pair.Second, likeness);
        LowestSame = Math.Min(1, pair.Similarity);
        return true;
    }

    private void Add(int first, int second, Likeness likeness)
    {
        if (_known.TryAdd((first, second), likeness)) _pairs.Add((first, second));
    }

    private ConfirmedPairs Ended(double? threshold)
    {
        Lowest = threshold ?? Math.Min(1, Lowest);
        return this;
    }
}
