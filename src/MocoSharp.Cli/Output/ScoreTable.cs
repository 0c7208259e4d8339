using MocoSharp.Evaluation;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Pixels, untrained and trained features side by side.</summary>
internal static class ScoreTable
{
    internal static void Write(IAnsiConsole people, IReadOnlyList<FeatureScore> scores)
    {
        IEnumerable<(string, bool)> tests = scores.Select(static score => (score.Test, score.Labels)).Distinct()
            .Select(static one =>
            ($"{(one.Test == FeatureScore.Knn ? "kNN" : "linear classifier")}, {Numbers.Plural(one.Labels, "label", "labels")}", true));
        Table table = Terminal.NewTable(people, [("features", false), .. tests]);
        foreach (IGrouping<string, FeatureScore> row in scores.GroupBy(static score => score.Features))
            table.AddRow([Name(row.Key), .. row.Select(Cell)]);
        people.Write(table);
    }

    internal static string Name(string features) => features switch
    {
        FeatureScore.Pixels => "raw pixels",
        FeatureScore.Untrained => "untrained encoder",
        FeatureScore.Trained => "trained encoder",
        FineTuneScore.Scratch => "from scratch",
        _ => features,
    };

    private static string Cell(FeatureScore score) => score.Spread is { } spread
        ? $"{Numbers.Percent(score.Accuracy)} ± {Numbers.Fixed(spread)}" : Numbers.Percent(score.Accuracy);
}
