using MocoSharp.Evaluation.Segmentation;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>What a segmentation probe came to, as tables for people.</summary>
internal static class SegmentationReport
{
    private const int MostClasses = 40;

    internal static void Write(IAnsiConsole people, SegmentationResult result)
    {
        Table table = Terminal.NewTable(people, ("features", false), ("mean IoU", true), ("pixels right", true), ("classes right", true),
            ("weight decay", true), ("clusters: mean IoU", true), ("pixels right", true));
        foreach (IGrouping<string, SegmentationScore> kind in result.Results.GroupBy(static score => score.Features))
        {
            SegmentationScore probe = kind.First(static score => score.Test == SegmentationScore.Linear),
                clusters = kind.First(static score => score.Test == SegmentationScore.Clustered);
            table.AddRow(kind.Key == Evaluation.FeatureScore.Pixels ? "pixels, 3 x 3" : ScoreTable.Name(kind.Key),
                Numbers.Percent(probe.MeanIntersectionOverUnion), Numbers.Percent(probe.PixelAccuracy),
                Numbers.Percent(probe.MeanClassAccuracy), Numbers.Rate(probe.WeightDecay!.Value),
                Numbers.Percent(clusters.MeanIntersectionOverUnion), Numbers.Percent(clusters.PixelAccuracy));
        }
        people.Write(table);
        WriteClasses(people, result.Trained);
        SegmentationPictures pictures = result.Pictures;
        TextWriter lines = people.Profile.Out.Writer;
        lines.WriteLine($"learned from {Numbers.Plural(pictures.Train, "picture", "pictures")}, tested on {Numbers.Count(pictures.Test)} "
            + $"with {Numbers.Count(pictures.Pixels)} pixels; stages {string.Join(", ", result.Settings.Layers)}; "
            + $"{result.Settings.Clusters} clusters");
        if (pictures.WithoutMask + pictures.LeftOut > 0)
            lines.WriteLine($"left out: {Numbers.Plural(pictures.WithoutMask, "picture", "pictures")} without a mask, "
                + $"{Numbers.Count(pictures.LeftOut)} that could not be used");
        if (pictures.IgnoredPixels > 0)
            lines.WriteLine($"{Numbers.Plural(pictures.IgnoredPixels, "test pixel does", "test pixels do")} not count, as the masks say");
        if (result.Sheet is { } sheet) lines.WriteLine($"overlays: {sheet}");
    }

    /// <summary>One line a class; nothing where there are too many to read.</summary>
    internal static void WriteClasses(IAnsiConsole people, SegmentationScore score)
    {
        if (score.Classes.Count > MostClasses) return;
        Table table = Terminal.NewTable(people, ("class", false), ("pixels", true), ("IoU", true), ("accuracy", true),
            ("most often taken for", false));
        foreach (SegmentedClass one in score.Classes)
            table.AddRow(new Text(one.Name), new Text(Numbers.Count(one.Pixels)), Share(one.IntersectionOverUnion), Share(one.Accuracy),
                new Text(one.MistakenFor ?? ""));
        people.Write(table);
    }

    private static Text Share(double? percent) => new(percent is { } value ? Numbers.Percent(value) : "");
}
