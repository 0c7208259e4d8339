using MocoSharp.Embeddings;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Selection;

namespace MocoSharp.Bench;

/// <summary>What to compare.</summary>
/// <param name="Train">The file of embeddings, with labels, to choose from.</param>
/// <param name="Test">The file of embeddings, with labels, to test on.</param>
/// <param name="Budgets">Labels of each classifier.</param>
/// <param name="Seeds">Choices of each rule.</param>
public sealed record SelectBenchmarkOptions(string Train, string Test, IReadOnlyList<int> Budgets, int Seeds = 5);

/// <summary>What labels are worth that a rule chose.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Labels">How many.</param>
/// <param name="Accuracies">Of a linear classifier, in percent, a seed each; one for a rule that has no seed.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Spread">Their standard deviation (n − 1); null for one.</param>
/// <param name="Classes">In how many classes the first seed's labels are.</param>
public sealed record SelectBenchmarkRow(
    string Rule, int Labels, IReadOnlyList<double> Accuracies, double Mean, double? Spread, int Classes);

/// <summary>Compares rules of choosing pictures for labeling by a linear classifier on frozen embeddings.</summary>
public static class SelectBenchmark
{
    /// <summary>Runs it. A rule that goes by labels (uncertain, novel) chooses half of them, after random ones.</summary>
    /// <param name="options">What to compare.</param>
    /// <param name="told">Told of each row.</param>
    /// <param name="cancel">Stops between fits.</param>
    /// <exception cref="MocoException">A file has no labels, or too few.</exception>
    public static IReadOnlyList<SelectBenchmarkRow> Run(
        SelectBenchmarkOptions options, Action<SelectBenchmarkRow>? told = null, CancellationToken cancel = default)
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(options.Train), tested = EmbeddingsFile.Open(options.Test);
        string[] classes = [.. Labels(file).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        FeatureSet train = Features(file, classes), test = Features(tested, classes);
        List<SelectBenchmarkRow> rows = [];
        foreach (int budget in options.Budgets)
            foreach (SelectionRule rule in Enum.GetValues<SelectionRule>())
            {
                int[][] choices = [.. Enumerable.Range(1, rule == SelectionRule.KCenter ? 1 : options.Seeds)
                    .Select(seed => Choose(file, train, rule, budget, (ulong)seed, cancel))];
                double[] accuracies = [.. choices.Select(rows => 100 * LogisticRegression.Fit(Masked(train, rows), cancel: cancel)
                    .Evaluate(test).Accuracy)];
                double mean = accuracies.Average();
                SelectBenchmarkRow row = new(SelectionShare.Name(rule), budget, accuracies, mean, accuracies.Length < 2 ? null
                    : Math.Sqrt(accuracies.Sum(value => (value - mean) * (value - mean)) / (accuracies.Length - 1)),
                    choices[0].Select(place => train.Labels[place]).Distinct().Count());
                rows.Add(row);
                told?.Invoke(row);
            }
        return rows;
    }

    private static int[] Choose(
        EmbeddingsFile file, FeatureSet train, SelectionRule rule, int budget, ulong seed, CancellationToken cancel)
    {
        bool needsLabels = rule is SelectionRule.Uncertain or SelectionRule.Novel;
        int first = needsLabels ? budget / 2 : budget;
        int[] chosen = Rows(needsLabels ? SelectionRule.Random : rule, first, [], head: null);
        if (!needsLabels) return chosen;
        LinearHead? head = rule == SelectionRule.Uncertain
            ? LogisticRegression.Fit(Masked(train, chosen), cancel: cancel).ToHead() : null;
        return [.. chosen, .. Rows(rule, budget - first, [.. chosen.Select(row => new LabelRow(file.Names![row], file.Labels![row]!, 0))],
            head)];

        int[] Rows(SelectionRule by, int count, IReadOnlyList<LabelRow> labeled, LinearHead? head) =>
            [.. SelectionTask.Of(file, new SelectionOptions(count, [new SelectionShare(by)], Seed: seed), labeled)
                .Choose(head, progress: null, cancel).Select(static one => one.Row)];
    }

    private static FeatureSet Masked(FeatureSet all, int[] rows)
    {
        int[] labels = new int[all.Count];
        labels.AsSpan().Fill(-1);
        foreach (int row in rows) labels[row] = all.Labels[row];
        return all with { Labels = labels };
    }

    private static IReadOnlyList<string?> Labels(EmbeddingsFile file) => file.Labels is { } labels && file.PresentCount == file.Count
        && !labels.Contains(null) ? labels : throw new MocoException(ErrorIds.NoLabels,
            "the comparison needs an embedding and a label of every picture", file.Path,
            "embed a labeled data set: moco embed RUN --data DIR -o FILE");

    private static FeatureSet Features(EmbeddingsFile file, string[] classes)
    {
        float[] values = new float[file.Count * file.Dimensions];
        file.Read(0, values);
        return new FeatureSet(values, file.Dimensions, [.. Labels(file).Select(label => Array.IndexOf(classes, label))], classes);
    }
}
