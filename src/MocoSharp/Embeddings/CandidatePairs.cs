namespace MocoSharp.Embeddings;

/// <summary>Two pictures whose embeddings are near each other, by their places; the first is the earlier one.</summary>
internal readonly record struct CandidatePair(int First, int Second, float Similarity);

/// <summary>Pairs that may be the same picture: each picture with its nearest neighbors. Of pictures with equal pixels one stands for
/// all.</summary>
internal sealed class CandidatePairs
{
    private readonly List<float> _last = [];

    private CandidatePairs()
    {
    }

    /// <summary>Each pair once, the most alike first.</summary>
    internal IReadOnlyList<CandidatePair> Pairs { get; private init; } = [];

    /// <summary>How many pictures have more neighbors above a similarity than were looked at.</summary>
    internal int CountCrowded(double similarity) => _last.Count(last => last >= similarity);

    /// <summary>Finds them: within one set, or from the first set to the second.</summary>
    /// <param name="sets">One or two.</param>
    /// <param name="pictures">What was read of them.</param>
    /// <param name="neighbors">How many neighbors of a picture make a pair at most.</param>
    /// <param name="cancel">Stops between parts of a file.</param>
    internal static CandidatePairs Find(OpenSet[] sets, SketchedPictures pictures, int neighbors, CancellationToken cancel)
    {
        int bank = sets.Length - 1;
        HashSet<(int, int)> seen = [];
        List<CandidatePair> pairs = [];
        CandidatePairs found = new() { Pairs = pairs };
        foreach (PresentRows asking in PresentRows.Blocks(sets[0].File, row => IsFirst(0, row)))
        {
            // one more than wanted, which tells whether there are more, and one for the row itself, which is found within one set
            (float Similarity, int Row)[][] nearest = EmbeddingSearch.Nearest(sets[bank].File, asking.Features, neighbors + 2,
                row => IsFirst(bank, row), cancel);
            for (int i = 0; i < asking.Rows.Length; i++) Add(asking.Rows[i], nearest[i]);
        }
        pairs.Sort(static (a, b) => a.Similarity != b.Similarity ? b.Similarity.CompareTo(a.Similarity)
            : (a.First, a.Second).CompareTo((b.First, b.Second)));
        return found;

        bool IsFirst(int set, int row) => pictures.Find(set, row) is >= 0 and int place && pictures.First(place) == place;

        void Add(int row, (float Similarity, int Row)[] nearest)
        {
            int own = pictures.Find(0, row);
            (float Similarity, int Row)[] others = [.. nearest.Where(one => pictures.Find(bank, one.Row) != own)];
            if (others.Length > neighbors) found._last.Add(others[neighbors].Similarity);
            foreach ((float similarity, int other) in others.Take(neighbors))
            {
                int place = pictures.Find(bank, other), first = Math.Min(own, place), second = Math.Max(own, place);
                if (seen.Add((first, second))) pairs.Add(new CandidatePair(first, second, similarity));
            }
        }
    }
}
