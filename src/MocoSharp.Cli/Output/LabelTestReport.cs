using MocoSharp.Evaluation;
using MocoSharp.Training;
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
    private const int MostClasses = 30, CurvePoints = 100;

    private ConfusionMatrix Confusion => Rows[^1].Confusion;

    /// <summary>Shows tables, then writes files: a full disk does not take away what was worked out.</summary>
    /// <returns>The document.</returns>
    internal object Write(IAnsiConsole people, RunFolder run)
    {
        WriteScores(people);
        WriteClasses(people);
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
        classes = Confusion.Classes.Select((name, c) => new
        {
            name,
            pictures = Confusion.CountOf(c) / Rows[^1].Result.Draws.Count,
            accuracy = Percent(Confusion.AccuracyOf(c)),
            precision = Percent(Confusion.PrecisionOf(c)),
            mistaken_for = Confusion.MistakenFor(c) is { } other ? Confusion.Classes[other] : null,
        }),
        confusion = Enumerable.Range(0, Confusion.Classes.Count).Select(t => Enumerable.Range(0, Confusion.Classes.Count).Select(p => Confusion[t, p])),
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

    private static double? Percent(double share) => double.IsNaN(share) ? null : Math.Round(100 * share, 2);

    private static IEnumerable<CalibrationPoint> Thinned(IReadOnlyList<CalibrationPoint> curve) =>
        curve.Where((_, i) => i == curve.Count - 1 || i % Math.Max(1, curve.Count / CurvePoints) == 0);

    private void WriteScores(IAnsiConsole people)
    {
        Table table = NewTable(people, "features", "labels", "test accuracy", "chosen on held-out labels");
        foreach (LabelTestRow row in Rows)
        {
            string accuracy = Numbers.Percent(100 * row.Result.Mean) + (row.Result.Draws.Count > 1 ? $" ± {Numbers.Fixed(100 * row.Result.StandardDeviation)}" : "");
            table.AddRow(row.Title, Numbers.Count(row.Result.Labels), accuracy, string.Join(", ", row.Result.Draws.Select(static draw => draw.Strength).Distinct().Order().Select(Numbers.Rate)));
        }
        people.Write(table);
    }

    private void WriteClasses(IAnsiConsole people)
    {
        if (Confusion.Classes.Count > MostClasses) return;
        Table table = NewTable(people, "class", "accuracy", "precision", "most often taken for");
        for (int c = 0; c < Confusion.Classes.Count; c++)
        {
            if (Confusion.CountOf(c) == 0) continue;
            string mistaken = Confusion.MistakenFor(c) is { } other ? $"{Confusion.Classes[other]} ({Numbers.Percent(100.0 * Confusion[c, other] / Confusion.CountOf(c))})" : "";
            double precision = Confusion.PrecisionOf(c);
            table.AddRow(new Text(Confusion.Classes[c]), new Text(Numbers.Percent(100 * Confusion.AccuracyOf(c))), new Text(double.IsNaN(precision) ? "never named" : Numbers.Percent(100 * precision)), new Text(mistaken));
        }
        people.Write(table);
    }

    private static Table NewTable(IAnsiConsole people, params string[] columns)
    {
        Table table = new() { Border = people.Profile.Capabilities.Unicode && Terminal.IsLive(people) ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (string column in columns) table.AddColumn(column == columns[0] || column == columns[^1] ? new TableColumn(column) : new TableColumn(column).RightAligned());
        return table;
    }
}

/// <summary>One line of results.</summary>
/// <param name="Name">For programs: pixels, untrained, trained; scratch, fine-tuned.</param>
/// <param name="Title">For people.</param>
/// <param name="Result">All draws.</param>
/// <param name="Confusion">All draws' test pictures together.</param>
/// <param name="Details">What only this test has, for programs.</param>
internal sealed record LabelTestRow(string Name, string Title, FewLabelResult Result, ConfusionMatrix Confusion, object? Details = null);
