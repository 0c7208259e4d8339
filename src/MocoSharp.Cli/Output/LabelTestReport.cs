using MocoSharp.Evaluation;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Results of a test that learns from labels, as tables for people.</summary>
internal static class LabelTestReport
{
    internal static void Write(IAnsiConsole people, LabelTestResult result)
    {
        Table table = Terminal.NewTable(people, ("features", false), ("labels", true), ("test accuracy", true),
            ("chosen on held-out labels", false));
        foreach (LabelTestScore row in result.Results)
        {
            string accuracy = Numbers.Percent(row.Accuracy) + (row.Spread is { } spread ? $" ± {Numbers.Fixed(spread)}" : "");
            table.AddRow(ScoreTable.Name(row.Features), Numbers.Count(row.Labels), accuracy,
                string.Join(", ", row.Draws.Select(static draw => draw.Chosen).Distinct().Order().Select(Numbers.Rate)));
        }
        people.Write(table);
        ConfusionReport.Write(people, result.Matrix);
        TextWriter lines = people.Profile.Out.Writer;
        if (result.Calibration is { Reached: { } point } calibration)
            lines.WriteLine($"threshold {Numbers.Fixed(point.Threshold)} keeps {Numbers.Percent(100 * point.Coverage)} of "
                + $"{Numbers.Plural(calibration.Labels, "held-out label", "held-out labels")}, {Numbers.Percent(100 * point.Precision)} "
                + $"of these right");
        if (result.Head is not null) lines.WriteLine($"classifier: {result.Head}");
        if (result.ConfusionPicture is { } picture) lines.WriteLine($"confusion matrix: {picture}");
    }
}
