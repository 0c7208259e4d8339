using System.Text;
using MocoSharp.Evaluation;
using MocoSharp.Runs;

namespace MocoSharp.Reports.Html;

/// <summary>A report as one HTML file that needs nothing else: it opens without a network, light or dark as its reader has it.</summary>
public sealed class ReportPage
{
    private readonly RunReport _report;

    private ReportPage(RunReport report) => _report = report;

    /// <summary>The page.</summary>
    public static string Of(RunReport report) => new ReportPage(report).Write();

    /// <summary>Writes the page into a file, in place of the one that may be there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(RunReport report, string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(Of(report)));

    private string Write() => PageFrame.Of($"{_report.Facts.Name}: report", html =>
    {
        (string Id, string Heading, Action Content)[] parts = [.. Parts(html)];
        html.In("header", () => Head(html));
        PageFrame.Notice(html, "Read this first", _report.Warnings);
        PageFrame.Contents(html, parts.Select(static part => (part.Id, part.Heading)));
        foreach ((string id, string heading, Action content) in parts) PageFrame.Section(html, id, heading, content);
        html.Element("footer", $"Made by MocoSharp {_report.Version}.");
    });

    private IEnumerable<(string Id, string Heading, Action Content)> Parts(HtmlWriter html)
    {
        if (_report.Curves.Count > 0) yield return ("training", "Training", () => Curves(html));
        if (_report.Features is { } features)
        {
            FeatureParts part = new(html, features);
            yield return ("features", "Features", part.Geometry);
            if (features.Map is { } map) yield return ("map", "Map", () => part.Map(map));
            if (features.Neighbors.Count > 0) yield return ("neighbors", "Neighbors", part.Neighbors);
        }
        if (_report.Views is { } views) yield return ("views", "What the network sees", () => Views(html, views));
        if (_report.Evaluations.Count > 0) yield return ("tests", "Tests", () => EvaluationPart.Write(html, _report.Evaluations));
        yield return ("recipe", "Recipe", () => html.In("pre", () => html.Text(_report.Recipe), ("tabindex", "0")));
        if (_report.Environment.Count > 0)
            yield return ("environment", "Environment", () => html.Table("Where the run was made", [("what", false), ("value", false)],
                _report.Environment.Select(static fact => (IReadOnlyList<string>)[fact.Name, fact.Value])));
        if (_report.Missing.Count > 0) yield return ("missing", "What this page cannot show", () => Missing(html));
    }

    private void Head(HtmlWriter html)
    {
        RunFacts facts = _report.Facts;
        html.Element("p", "Training run", ("class", "kind"));
        html.Element("h1", facts.Name);
        html.Element("p", Words.Sentence(facts), ("class", "lead"));
        if (facts.Source.Length > 0) html.Element("p", $"The recipe says: {facts.Source}", ("class", "source"));
        PageFrame.Figures(html, Figures());
    }

    private IEnumerable<(string Name, string Value, string Note)> Figures()
    {
        RunFacts facts = _report.Facts;
        if (facts.Loss is { } loss)
            yield return ("Loss", Words.Fixed(loss), facts.ChanceLoss is { } chance ? $"nats; chance is {Words.Fixed(chance)}" : "nats");
        if (facts is { Knn: { } knn, BestKnn: { } best })
            yield return ("kNN test", Words.Percent(knn),
                $"last; best {Words.Percent(best)} after epoch {facts.BestKnnEpoch}, chosen on the test pictures");
        if (BestLinear() is var (score, test))
            yield return (Verdicts.NameOf(test), Words.Percent(score.Accuracy), Words.Of(score));
        if (_report.Features?.Geometry is [FeatureGeometry encoder, ..])
            yield return ("Effective rank", Words.Fixed(encoder.EffectiveRank, 1), $"of {Words.Count(encoder.LargestRank)}, encoder");
        string epochs = $"{Words.Count(facts.EpochsDone)} of {Words.Plural(facts.Epochs, "epoch")}";
        if (facts.Seconds is { } seconds)
            yield return ("Trained for", Words.Time(seconds), $"{epochs}, {Words.Plural(facts.Updates, "update")}");
        else yield return ("Updates", Words.Count(facts.Updates), epochs);
    }

    private (StoredScore Score, StoredEvaluation Test)? BestLinear()
    {
        (StoredScore Score, StoredEvaluation Test)[] all = [.. _report.Evaluations.Where(static one => one.Test is "linear" or "finetune")
            .SelectMany(static one => one.Trained.Select(score => (score, one)))];
        return all.Length == 0 ? null : all.MaxBy(static one => one.Score.Accuracy);
    }

    private void Curves(HtmlWriter html)
    {
        if (_report.Work is { } work)
            html.Element("p", $"The last epoch learned from {Words.Count((long)work.ImagesPerSecond)} pictures a second and waited for "
                + $"pictures {Words.Share(work.WaitFraction)} of its time.");
        Chart chart = new(html);
        html.In("div", () =>
        {
            foreach (ReportCurve curve in _report.Curves) chart.Curve(curve);
        }, ("class", "charts"));
    }

    private static void Views(HtmlWriter html, ReportPicture views)
    {
        html.Element("p", "Each row is a picture of the training set, then random draws of each of its views.");
        html.Picture(views, "sheet");
    }

    private void Missing(HtmlWriter html) => html.In("ul", () =>
    {
        foreach (MissingPart part in _report.Missing)
            html.In("li", () =>
            {
                html.Text($"{part.Part}: {part.Reason}.");
                if (part.Command is null) return;
                html.Text(" To make it: ");
                html.Element("code", part.Command);
            });
    }, ("class", "missing"));
}
