namespace MocoSharp.Reports.Html;

/// <summary>The tests that a run keeps, each with its table and its confusions.</summary>
internal static class EvaluationPart
{
    private const int MostClasses = 40;

    internal static void Write(HtmlWriter html, IReadOnlyList<StoredEvaluation> evaluations)
    {
        foreach (StoredEvaluation one in evaluations)
        {
            html.Element("h3", $"{Verdicts.NameOf(one)}: {one.Name}");
            html.Element("p", string.Join("; ", one.Settings.Select(static fact => $"{fact.Name} {fact.Value}")), ("class", "source"));
            Scores(html, one);
            Classes(html, one);
            if (one.Confusion is null) continue;
            html.Element("p", "What was taken for what, in percent of a class's pictures:", ("class", "source"));
            html.Picture(one.Confusion, "sheet");
        }
    }

    private static void Scores(HtmlWriter html, StoredEvaluation one)
    {
        bool hasSpread = one.Scores.Any(static score => score.Spread is not null);
        (string, bool)[] spread = hasSpread ? [("± standard deviation", true), ("draws", true)] : [];
        html.Table($"Right answers on the test pictures, {Verdicts.NameOf(one)}",
            [("features", false), ("test", false), ("labels", true), ("right, %", true), .. spread],
            one.Scores.Select(score => (IReadOnlyList<string>)
            [
                Words.Features(score), score.Kind, score.Labels is { } labels ? Words.Count(labels) : "", Words.Fixed(score.Accuracy),
                .. hasSpread ? SpreadOf(score) : [],
            ]));
    }

    private static string[] SpreadOf(StoredScore score) =>
        [score.Spread is { } deviation ? Words.Fixed(deviation) : "", score.Draws is { } draws ? Words.Count(draws) : ""];

    private static void Classes(HtmlWriter html, StoredEvaluation one)
    {
        if (one.Classes.Count == 0) return;
        IEnumerable<StoredClass> shown = one.Classes.OrderBy(static c => c.Accuracy ?? double.MaxValue).Take(MostClasses);
        string left = one.Classes.Count > MostClasses ? $", the worst {MostClasses} of {Words.Count(one.Classes.Count)}" : "";
        html.Table($"Classes, the worst first{left}",
            [("class", false), ("pictures", true), ("right, %", true), ("most often taken for", false)],
            shown.Select(static c => (IReadOnlyList<string>)
            [
                c.Name, Words.Count(c.Pictures), c.Accuracy is { } accuracy ? Words.Fixed(accuracy) : "", c.MistakenFor ?? "",
            ]));
    }
}
