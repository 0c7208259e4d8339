using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp.Selection;

/// <summary>A picture that a rule chose.</summary>
/// <param name="Row">Its row in the file of embeddings.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Score">What the rule went by.</param>
internal readonly record struct ChosenRow(int Row, SelectionRule Rule, double Score);

/// <summary>What is labeled, what may be chosen, and the choice.</summary>
internal sealed class SelectionTask
{
    private readonly EmbeddingsFile _file;
    private readonly SelectionOptions _options;
    private readonly HashSet<int> _labeled;

    private SelectionTask(EmbeddingsFile file, SelectionOptions options, HashSet<int> labeled, IReadOnlyList<int> candidates) =>
        (_file, _options, _labeled, Candidates) = (file, options, labeled, candidates);

    /// <summary>Rows that may be chosen, in rising order.</summary>
    internal IReadOnlyList<int> Candidates { get; }

    /// <summary>Pictures that are not below the folder that was asked for.</summary>
    internal int NotBelow { get; private init; }

    /// <summary>How the names of candidates begin; null for any.</summary>
    internal string? Below { get; private init; }

    /// <summary>Labeled names without an embedding.</summary>
    internal IReadOnlyList<string> NotInFile { get; private init; } = [];

    /// <summary>Finds out what may be chosen.</summary>
    /// <param name="file">All pictures.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="told">The rows of the label file.</param>
    /// <exception cref="MocoException">MS5106, MS5120, MS5121.</exception>
    internal static SelectionTask Of(EmbeddingsFile file, SelectionOptions options, IReadOnlyList<LabelRow> told)
    {
        IReadOnlyList<string> names = file.Names ?? throw new MocoException(ErrorIds.NoPictureNames,
            "the file has no names, so its rows' pictures cannot be told", at: file.Path, fix: NamesFile.HowToName(file.Path));
        if (options.FillKnown && file.Labels is null)
            throw new MocoException(ErrorIds.SelectionImpossible, "labels were to be filled in, and the file has none", file.Path,
                "leave --known out, or embed the pictures with their labels: moco embed RUN --data DIR --labels FILE.csv -o FILE");
        Dictionary<string, int> rows = [];
        foreach ((int row, string name) in names.Index())
            if (file.IsPresent(row)) rows.TryAdd(name, row);
        LabelRow[] filled = [.. told.Where(static row => row.Label.Length > 0)];
        string[] missing = [.. filled.Where(row => !rows.ContainsKey(row.File)).Select(static row => row.File)];
        if (filled.Length > 0 && missing.Length == filled.Length)
            throw new MocoException(ErrorIds.NoSelectedNames, $"none of its {filled.Length:N0} labeled names ('{missing[0]}' is the first) "
                + $"is one of the embeddings ('{names[0]}' is the first)", options.LabelFile,
                "write names as they are in the file of embeddings: paths below the folder that was embedded");
        HashSet<int> labeled = [.. filled.Where(row => rows.ContainsKey(row.File)).Select(row => rows[row.File])];
        string? below = options.Below ?? (SplitNames.TrainOf(names) is { } train ? $"{train}/" : null);
        int[] open = [.. rows.Values.Where(row => !labeled.Contains(row)).Order()],
            candidates = [.. open.Where(row => below is null || names[row].StartsWith(below, StringComparison.Ordinal))];
        if (candidates.Length < options.Budget)
            throw new MocoException(ErrorIds.SelectionImpossible, $"{options.Budget:N0} pictures were asked for, and "
                + $"{candidates.Length:N0} without a label have an embedding"
                + (below is null ? "" : $" and a name that begins with '{below}'"),
                file.Path, candidates.Length == 0 ? "embed more pictures, or name another folder with --below"
                    : $"ask for fewer: --budget {candidates.Length}");
        return new SelectionTask(file, options, labeled, candidates)
        {
            NotBelow = open.Length - candidates.Length,
            Below = below,
            NotInFile = missing,
        };
    }

    /// <summary>Lets each rule choose its part; what an earlier one chose counts as labeled.</summary>
    /// <param name="head">What tells how sure a classifier is; null without one.</param>
    /// <param name="progress">Told which rule is next.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="MocoException">MS5120: a rule lacks what it goes by.</exception>
    internal IReadOnlyList<ChosenRow> Choose(LinearHead? head, IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        int[] counts = SelectionShare.Split(_options.Budget, _options.By);
        Require(head, counts);
        SortedSet<int> open = [.. Candidates];
        HashSet<int> covered = [.. _labeled];
        List<ChosenRow> chosen = [];
        Rows? rows = null;
        foreach ((SelectionShare share, int count) in _options.By.Zip(counts))
        {
            if (count == 0) continue;
            progress.Doing($"{SelectionShare.Name(share.Rule)}: {count:N0}");
            ChosenRow[] next = share.Rule switch
            {
                SelectionRule.Random => [.. Random(open, count)],
                SelectionRule.Uncertain => [.. Uncertain(head!, open, count, cancel)],
                _ => [.. (rows ??= new Rows(_file, [.. _labeled.Concat(Candidates).Order()])).Choose(share.Rule, covered, open, count,
                    _options.Seed, cancel)],
            };
            chosen.AddRange(next);
            open.ExceptWith(next.Select(static one => one.Row));
            covered.UnionWith(next.Select(static one => one.Row));
        }
        return chosen;
    }

    private void Require(LinearHead? head, int[] counts)
    {
        if (_options.By.Any(static share => share.Rule == SelectionRule.Uncertain) && head is null)
            throw new MocoException(ErrorIds.SelectionImpossible, "uncertain pictures are those of a kept classifier, and none is named",
                fix: "make one, then name its file with --head: moco eval linear RUN --save-head NAME");
        int novel = _options.By.Index().Where(static one => one.Item.Rule == SelectionRule.Novel).Select(static one => one.Index)
            .FirstOrDefault(-1);
        if (novel >= 0 && _labeled.Count == 0 && counts[..novel].Sum() == 0)
            throw new MocoException(ErrorIds.SelectionImpossible,
                "novel pictures are those least like the labeled ones, and none is labeled", _options.LabelFile,
                "name what is labeled with --labeled FILE.csv, or let another rule choose first: --by typical,novel");
    }

    private IEnumerable<ChosenRow> Random(IReadOnlyCollection<int> open, int count)
    {
        int[] rows = [.. open];
        Rng.For(_options.Seed).Shuffle<int>(rows);
        return rows.Take(count).Select(static row => new ChosenRow(row, SelectionRule.Random, 0));
    }

    private IEnumerable<ChosenRow> Uncertain(LinearHead head, SortedSet<int> open, int count, CancellationToken cancel)
    {
        List<(int Row, double Margin)> margins = [];
        foreach (PresentRows block in PresentRows.Blocks(_file, open.Contains))
        {
            cancel.ThrowIfCancellationRequested();
            double[] own = new double[block.Rows.Length];
            Parallel.For(0, own.Length, i =>
            {
                float[] probabilities = new float[head.Classes.Count];
                head.Apply(block.Features.Row(i), probabilities);
                Array.Sort(probabilities);
                own[i] = probabilities[^1] - probabilities[^2];
            });
            margins.AddRange(block.Rows.Zip(own));
        }
        return margins.OrderBy(static one => one.Margin).ThenBy(static one => one.Row).Take(count)
            .Select(static one => new ChosenRow(one.Row, SelectionRule.Uncertain, one.Margin));
    }

    /// <summary>The rules that compare pictures with each other.</summary>
    private sealed class Rows(EmbeddingsFile file, int[] rows)
    {
        private readonly UnitRows _units = UnitRows.Of(file, rows);

        internal IEnumerable<ChosenRow> Choose(
            SelectionRule rule, IReadOnlySet<int> covered, IEnumerable<int> open, int count, ulong seed, CancellationToken cancel)
        {
            int[] centers = [.. covered.Select(Place).Order()];
            HashSet<int> candidates = [.. open.Select(Place)];
            IEnumerable<(int Row, double Score)> chosen = rule switch
            {
                SelectionRule.KCenter => Farthest(centers, candidates, count, cancel),
                SelectionRule.Novel => Novel(centers, candidates, count, cancel),
                _ => TypicalRows.Choose(_units, centers, candidates, count, seed, cancel),
            };
            return chosen.Select(one => new ChosenRow(rows[one.Row], rule, one.Score));
        }

        private int Place(int row) => Array.BinarySearch(rows, row);

        private IEnumerable<(int, double)> Farthest(int[] centers, HashSet<int> candidates, int count, CancellationToken cancel)
        {
            Coverage coverage = new(_units, centers, cancel);
            bool isFirst = centers.Length == 0;
            int[] open = [.. candidates.Order()];
            HashSet<int> taken = [];
            for (int i = 0; i < count; i++, isFirst = false)
            {
                IEnumerable<int> left = open.Where(place => !taken.Contains(place));
                int next = isFirst ? Coverage.Central(_units, left) : coverage.Farthest(left);
                yield return (next, isFirst ? -1 : coverage[next]);
                taken.Add(next);
                coverage.Add(next);
            }
        }

        private IEnumerable<(int, double)> Novel(int[] centers, HashSet<int> candidates, int count, CancellationToken cancel)
        {
            Coverage coverage = new(_units, centers, cancel);
            return candidates.OrderBy(place => coverage[place]).ThenBy(static place => place).Take(count)
                .Select(place => (place, (double)coverage[place]));
        }
    }
}
