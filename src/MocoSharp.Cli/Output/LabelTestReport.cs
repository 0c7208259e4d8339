using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Results of a test that learns from labels: tables for people, documents for programs, files in the run.</summary>
/// <param name="Test">linear or finetune.</param>
/// <param name="FileName">Name of the run's files about it, without extension.</param>
/// <param name="Settings">How it was done, for the document.</param>
/// <param name="Rows">What came out, the most important last.</param>
/// <param name="HeldOut">What the kept classifier made of held-out labels.</param>
/// <param name="Precision">The precision that a threshold was asked for.</param>
/// <param name="Head">The kept classifier's file.</param>
internal sealed record LabelTestReport(
    string Test, string FileName, object Settings, IReadOnlyList<LabelTestRow> Rows, HeldOut? HeldOut = null, double? Precision = null, string? Head = null)
{
    private const int CurvePoints = 100;

    private ConfusionMatrix Confusion => Rows[^1].Confusion;

    /// <summary>Shows tables, then writes files: a full disk does not take away what was worked out.</summary>
    /// <returns>The document.</returns>
    internal object Write(IAnsiConsole people, RunFolder run)
    {
        WriteScores(people);
        ConfusionReport.Write(people, Confusion);
        TextWriter lines = people.Profile.Out.Writer;
        if (HeldOut is not null && Precision is { } precision && HeldOut.At(precision) is var point)
            lines.WriteLine($"threshold {Numbers.Fixed(point.Threshold)} keeps {Numbers.Percent(100 * point.Coverage)} of {Numbers.Plural(HeldOut.Right.Length, "held-out label", "held-out labels")}, {Numbers.Percent(100 * point.Precision)} of these right");
        if (Head is not null) lines.WriteLine($"classifier: {Head}");
        string picture = EvaluationFiles.Write(run, $"{FileName}.png", Confusion);
        lines.WriteLine($"confusion matrix: {picture}");
        object document = Document(run, picture);
        string file = EvaluationFiles.Write(run, $"{FileName}.json", document);
        lines.WriteLine($"kept in {file}");
        return document;
    }

    private object Document(RunFolder run, string picture) => new
    {
        run = run.Root,
        version = RunEnvironment.ProgramVersion,
        test = Test,
        settings = Settings,
        results = Rows.Select(static row => new
        {
            features = row.Name,
            labels = row.Result.Labels,
            accuracy = Math.Round(100 * row.Result.Mean, 2),
            spread = row.Result.Draws.Count > 1 ? Math.Round(100 * row.Result.StandardDeviation, 2) : (double?)null,
            draws = row.Result.Draws.Select(static draw => new { accuracy = Math.Round(100 * draw.Accuracy, 2), chosen = draw.Strength }),
            mean_class_accuracy = Math.Round(100 * row.Confusion.MeanClassAccuracy, 2),
            row.Details,
        }),
        classes = ConfusionReport.Classes(Confusion, Rows[^1].Result.Draws.Count),
        confusion = ConfusionReport.Counts(Confusion),
        confusion_picture = picture,
        head = Head,
        calibration = HeldOut is null ? null : new
        {
            labels = HeldOut.Right.Length,
            precision = Precision,
            threshold = Precision is { } wanted ? HeldOut.At(wanted).Threshold : (double?)null,
            curve = Thinned(HeldOut.Curve()).Select(static p => new { threshold = Math.Round(p.Threshold, 4), coverage = Math.Round(p.Coverage, 4), precision = Math.Round(p.Precision, 4) }),
        },
    };

    private static IEnumerable<CalibrationPoint> Thinned(IReadOnlyList<CalibrationPoint> curve) =>
        curve.Where((_, i) => i == curve.Count - 1 || i % Math.Max(1, curve.Count / CurvePoints) == 0);

    private void WriteScores(IAnsiConsole people)
    {
        Table table = Terminal.NewTable(people, ("features", false), ("labels", true), ("test accuracy", true), ("chosen on held-out labels", false));
        foreach (LabelTestRow row in Rows)
        {
            string accuracy = Numbers.Percent(100 * row.Result.Mean) + (row.Result.Draws.Count > 1 ? $" ± {Numbers.Fixed(100 * row.Result.StandardDeviation)}" : "");
            table.AddRow(row.Title, Numbers.Count(row.Result.Labels), accuracy, string.Join(", ", row.Result.Draws.Select(static draw => draw.Strength).Distinct().Order().Select(Numbers.Rate)));
        }
        people.Write(table);
    }
}

/// <summary>One line of results.</summary>
/// <param name="Name">For programs: pixels, untrained, trained; scratch, fine-tuned.</param>
/// <param name="Title">For people.</param>
/// <param name="Result">All draws.</param>
/// <param name="Confusion">All draws' test pictures together.</param>
/// <param name="Details">What only this test has, for programs.</param>
internal sealed record LabelTestRow(string Name, string Title, FewLabelResult Result, ConfusionMatrix Confusion, object? Details = null);
