using System.Text;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Reports.Html;

/// <summary>A comparison as one HTML file that needs nothing else.</summary>
public sealed class ComparisonPage
{
    private readonly RunComparison _comparison;

    private ComparisonPage(RunComparison comparison) => _comparison = comparison;

    /// <summary>The page.</summary>
    public static string Of(RunComparison comparison) => new ComparisonPage(comparison).Write();

    /// <summary>Writes the page into a file, in place of the one that may be there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(RunComparison comparison, string path) =>
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(Of(comparison)));

    private string Write() => PageFrame.Of("Runs compared", html =>
    {
        html.In("header", () =>
        {
            html.Element("p", "Comparison", ("class", "kind"));
            html.Element("h1", $"{Words.Count(_comparison.Runs.Count)} runs");
            html.Element("p", string.Join(" · ", _comparison.Runs.Select(static run => run.Name)), ("class", "lead"));
        });
        PageFrame.Notice(html, "Read this first", _comparison.Warnings);
        (string Id, string Heading, Action Content)[] parts = [.. Parts(html)];
        PageFrame.Contents(html, parts.Select(static part => (part.Id, part.Heading)));
        foreach ((string id, string heading, Action content) in parts) PageFrame.Section(html, id, heading, content);
        html.Element("footer", $"Made by MocoSharp {_comparison.Version}.");
    });

    private IEnumerable<(string Id, string Heading, Action Content)> Parts(HtmlWriter html)
    {
        yield return ("runs", "Runs", () => Runs(html));
        yield return ("results", "Results", () => Results(html));
        if (_comparison.Seeds.Count > 0) yield return ("seeds", "Over seeds", () => Seeds(html));
        yield return ("differences", "What differs in the recipes", () => Differences(html));
        if (_comparison.Curves.Count > 0)
            yield return ("curves", "Curves", () => html.In("div", () =>
            {
                Chart chart = new(html);
                foreach (ReportCurve curve in _comparison.Curves) chart.Curve(curve);
            }, ("class", "charts")));
    }

    private void Runs(HtmlWriter html) => html.Table("The runs",
        [("run", false), ("recipe", false), ("method", false), ("encoder", false), ("pictures", true), ("seed", true), ("epochs", true),
            ("state", false)],
        _comparison.Runs.Select(static run => (IReadOnlyList<string>)
        [
            run.Name, run.Facts.Recipe, run.Facts.Method, run.Facts.Encoder, run.Facts.Pictures is { } count ? Words.Count(count) : "lost",
            $"{run.Facts.Seed}", $"{run.Facts.EpochsDone} of {run.Facts.Epochs}", Words.Of(run.Facts.State),
        ]));

    private void Results(HtmlWriter html)
    {
        html.Table("Figures side by side; the best of the same pictures is marked",
            [("figure", false), .. _comparison.Runs.Select(static run => (run.Name, true))],
            _comparison.Results.Select(static result => (IReadOnlyList<string>)
                [result.Heading, .. Enumerable.Range(0, result.Cells.Count).Select(result.Text)]),
            (row, column) => _comparison.Results[row].Cells[column - 1].IsBest);
        html.Element("p", "± is the standard deviation over draws of labels within a run. A difference of one seed each that is not "
            + "well above it says nothing; train each recipe with several seeds.", ("class", "source"));
    }

    private void Seeds(HtmlWriter html)
    {
        foreach (SeedGroup group in _comparison.Seeds)
            html.Table($"{string.Join(", ", group.Runs)} differ in their seed alone ({string.Join(", ", group.Seeds)})",
                [("figure", false), ("mean", true), ("± standard deviation", true)],
                group.Figures.Select(static figure => (IReadOnlyList<string>)
                    [figure.Heading, Words.Fixed(figure.Mean), Words.Fixed(figure.Deviation)]));
    }

    private void Differences(HtmlWriter html)
    {
        if (_comparison.Differences.Count == 0)
        {
            html.Element("p", "Nothing: the recipes are equal.");
            return;
        }
        html.Table("Keys that do not agree; all others do", [("key", false), .. _comparison.Runs.Select(static run => (run.Name, false))],
            _comparison.Differences.Select(static (RecipeDisagreement one) => (IReadOnlyList<string>)
                [one.Key, .. one.Values.Select(static value => value ?? "–")]));
    }
}
