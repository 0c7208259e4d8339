using MocoSharp.Evaluation;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Pixels, untrained and trained features side by side.</summary>
internal static class ScoreTable
{
    internal static void Write(IAnsiConsole people, IReadOnlyList<FeatureScore> scores)
    {
        List<(string Test, int Labels)> tests = [.. scores.Select(static score => (score.Test, score.Labels)).Distinct()];
        Table table = new() { Border = people.Profile.Capabilities.Unicode && Terminal.IsLive(people) ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("features");
        foreach ((string test, int labels) in tests)
            table.AddColumn(new TableColumn($"{(test == FeatureScore.Knn ? "kNN" : "linear classifier")}, {Numbers.Plural(labels, "label", "labels")}").RightAligned());
        foreach (IGrouping<string, FeatureScore> row in scores.GroupBy(static score => score.Features))
            table.AddRow([Name(row.Key), .. row.Select(Cell)]);
        people.Write(table);
    }

    internal static string Name(string features) => features switch
    {
        FeatureScore.Pixels => "raw pixels",
        FeatureScore.Untrained => "untrained encoder",
        _ => "trained encoder",
    };

    private static string Cell(FeatureScore score) => score.Spread is { } spread ? $"{Numbers.Percent(score.Accuracy)} ± {Numbers.Fixed(spread)}" : Numbers.Percent(score.Accuracy);
}
