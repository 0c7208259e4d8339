using System.Globalization;
using MocoSharp.Embeddings;

namespace MocoSharp.Auditing;

/// <summary>A picture with an embedding that is asked about, and votes. Of pictures that are the same only one is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Label">Its class; null where it has none.</param>
internal sealed record NearPicture(string Name, string? Label);

/// <summary>What a picture's nearest neighbors by their embeddings say of it.</summary>
internal sealed class NeighborRules
{
    /// <summary>With fewer neighbors nothing can be said.</summary>
    internal const int LeastNeighbors = 3;

    /// <summary>Where neighbors agree with fewer of the labels than this share, they are no witnesses against one.</summary>
    internal const double LeastAgreement = 0.5;

    private const int Shown = 3;
    private readonly List<AuditFinding> _suspects = [];
    private readonly List<(AuditFinding Finding, double Distance)> _distances = [];
    private readonly NearPicture?[] _rows;
    private readonly AuditOptions _options;
    private readonly Dictionary<string, int> _sizes;

    private NeighborRules(NearPicture?[] rows, AuditOptions options)
    {
        (_rows, _options) = (rows, options);
        Neighbors = Math.Min(options.Neighbors, rows.Count(static row => row is not null) - 1);
        _sizes = rows.Select(static row => row?.Label).OfType<string>().CountBy(static label => label).ToDictionary();
    }

    /// <summary>k: how many neighbors each picture was asked about.</summary>
    internal int Neighbors { get; }

    /// <summary>Pictures whose label was held against their neighbors'.</summary>
    internal int Judged { get; private set; }

    /// <summary>Of these, those for which no other label has more of the neighbors than their own.</summary>
    internal int Agreeing { get; private set; }

    /// <summary>Labeled pictures whose class has too few others to be among the neighbors.</summary>
    internal int NotJudged { get; private set; }

    /// <summary>Whether neighbors agree with so few labels that none is suspect for what they say.</summary>
    internal bool IsWeak => Judged > 0 && Agreeing < LeastAgreement * Judged;

    /// <summary>The suspects, then the outliers, the oddest first.</summary>
    internal IReadOnlyList<AuditFinding> Findings { get; private set; } = [];

    /// <summary>Compares all rows.</summary>
    /// <param name="file">The embeddings.</param>
    /// <param name="rows">[N]: the pictures of its rows; null for a row that counts for nothing.</param>
    /// <param name="options">k and the limits.</param>
    /// <param name="cancel">Stops between parts of the file.</param>
    internal static NeighborRules Of(EmbeddingsFile file, NearPicture?[] rows, AuditOptions options, CancellationToken cancel)
    {
        NeighborRules rules = new([.. rows.Select((row, at) => file.IsPresent(at) ? row : null)], options);
        if (rules.Neighbors < LeastNeighbors) return rules;
        foreach (PresentRows asking in PresentRows.Blocks(file, IsAsked))
        {
            (float Similarity, int Row)[][] nearest = EmbeddingSearch.Nearest(file, asking.Features, rules.Neighbors + 1, IsAsked, cancel);
            for (int i = 0; i < asking.Rows.Length; i++)
                rules.Add(asking.Rows[i], [.. nearest[i].Where(one => one.Row != asking.Rows[i]).Take(rules.Neighbors)]);
        }
        AuditLimit limit = AuditLimit.Beyond(options.Spread, [.. rules._distances.Select(static one => one.Distance)]);
        rules.Findings =
        [
            .. rules._suspects.Where(_ => !rules.IsWeak).OrderByDescending(static one => one.Value),
            .. rules._distances.Where(one => one.Distance > limit.Value).OrderByDescending(static one => one.Distance)
                .Select(one => one.Finding with { Limit = limit.Value, LimitFrom = limit.From }),
        ];
        return rules;

        bool IsAsked(int row) => rules._rows[row] is not null;
    }

    private void Add(int row, (float Similarity, int Row)[] nearest)
    {
        NearPicture own = _rows[row]!;
        double distance = Math.Max(0, 1 - nearest[^1].Similarity);
        AuditOther[] others = [.. nearest.Take(Shown).Select(one => _rows[one.Row]!)
            .Select(static one => new AuditOther(one.Name, one.Label))];
        _distances.Add((new AuditFinding(AuditKind.Outlier, own.Name, own.Label, distance, null, "",
            string.Create(CultureInfo.InvariantCulture, $"k is {Neighbors}"), others), distance));
        if (own.Label is null) return;
        if (_sizes[own.Label] <= Neighbors)
        {
            NotJudged++;
            return;
        }
        Judged++;
        Dictionary<string, int> votes = nearest.Select(one => _rows[one.Row]!.Label).OfType<string>().CountBy(static label => label)
            .ToDictionary();
        int mine = votes.GetValueOrDefault(own.Label);
        (string? other, int most) = votes.Where(vote => vote.Key != own.Label).OrderByDescending(static vote => vote.Value)
            .ThenBy(static vote => vote.Key, StringComparer.Ordinal).FirstOrDefault();
        if (mine >= most) Agreeing++;
        if (most < _options.Share * Neighbors) return;
        _suspects.Add(new AuditFinding(AuditKind.LabelSuspect, own.Name, own.Label, (double)most / Neighbors, _options.Share,
            AuditLimit.IsFixed, string.Create(CultureInfo.InvariantCulture, $"{most} of the {Neighbors} nearest are {other}"), others));
    }
}
