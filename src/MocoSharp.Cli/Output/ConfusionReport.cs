using MocoSharp.Features;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Which classes are taken for which: a table for people, lists for documents.</summary>
internal static class ConfusionReport
{
    private const int MostClasses = 30;

    /// <summary>One line a class that has pictures; nothing where there are too many classes to read.</summary>
    internal static void Write(IAnsiConsole people, ConfusionMatrix confusion)
    {
        if (confusion.Classes.Count > MostClasses) return;
        Table table = Terminal.NewTable(people, ("class", false), ("accuracy", true), ("precision", true), ("most often taken for", false));
        for (int c = 0; c < confusion.Classes.Count; c++)
        {
            if (confusion.CountOf(c) == 0) continue;
            string mistaken = confusion.MistakenFor(c) is { } other ? $"{confusion.Classes[other]} ({Numbers.Percent(100.0 * confusion[c, other] / confusion.CountOf(c))})" : "";
            double precision = confusion.PrecisionOf(c);
            table.AddRow(new Text(confusion.Classes[c]), new Text(Numbers.Percent(100 * confusion.AccuracyOf(c))), new Text(double.IsNaN(precision) ? "never named" : Numbers.Percent(100 * precision)), new Text(mistaken));
        }
        people.Write(table);
    }

    /// <summary>One entry a class; accuracy and precision in percent.</summary>
    /// <param name="confusion">Of one test, or of several together.</param>
    /// <param name="tests">How many.</param>
    internal static IEnumerable<object> Classes(ConfusionMatrix confusion, int tests) => confusion.Classes.Select((name, c) => new
    {
        name,
        pictures = confusion.CountOf(c) / tests,
        accuracy = Percent(confusion.AccuracyOf(c)),
        precision = Percent(confusion.PrecisionOf(c)),
        mistaken_for = confusion.MistakenFor(c) is { } other ? confusion.Classes[other] : null,
    });

    /// <summary>How often each class, by row, was taken for each.</summary>
    internal static IEnumerable<IEnumerable<int>> Counts(ConfusionMatrix confusion) =>
        Enumerable.Range(0, confusion.Classes.Count).Select(truth => Enumerable.Range(0, confusion.Classes.Count).Select(taken => confusion[truth, taken]));

    private static double? Percent(double share) => double.IsNaN(share) ? null : Math.Round(100 * share, 2);
}
