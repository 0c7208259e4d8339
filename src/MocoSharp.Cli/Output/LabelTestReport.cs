using MocoSharp.Evaluation;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Results of a test that learns from labels, as tables for people.</summary>
internal static class LabelTestReport
{
    internal static void Write(IAnsiConsole people, LabelTestResult result)
    {
        bool hasEpochs = result.Results.Any(static row => row.BestEpoch is not null);
        Table table = Terminal.NewTable(people, [("features", false), ("labels", true),
            (hasEpochs ? "test accuracy, last epoch" : "test accuracy", true),
            .. hasEpochs ? new[] { ("best epoch, by held-out labels", true) } : [], ("chosen on held-out labels", false)]);
        foreach (LabelTestScore row in result.Results)
        {
            string accuracy = Numbers.Percent(row.Accuracy) + (row.Spread is { } spread ? $" ± {Numbers.Fixed(spread)}" : "");
            table.AddRow([ScoreTable.Name(row.Features), Numbers.Count(row.Labels), accuracy, .. hasEpochs ? new[] { Best(row) } : [],
                string.Join(", ", row.Draws.Select(static draw => draw.Chosen).Distinct().Order().Select(Numbers.Rate))]);
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

    private static string Best(LabelTestScore row) => row.BestEpoch is not { } best ? "" : Numbers.Percent(best.Accuracy)
        + (best.Spread is { } spread ? $" ± {Numbers.Fixed(spread)}" : "")
        + $" (epoch {string.Join(", ", best.Epochs.Distinct().Order().Select(static epoch => Numbers.Count(epoch)))})";
}
