using MocoSharp.Features;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Which classes are taken for which: a table for people.</summary>
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
            string mistaken = confusion.MistakenFor(c) is { } other
                ? $"{confusion.Classes[other]} ({Numbers.Percent(100.0 * confusion[c, other] / confusion.CountOf(c))})" : "";
            double precision = confusion.PrecisionOf(c);
            table.AddRow(new Text(confusion.Classes[c]), new Text(Numbers.Percent(100 * confusion.AccuracyOf(c))),
                new Text(double.IsNaN(precision) ? "never named" : Numbers.Percent(100 * precision)), new Text(mistaken));
        }
        people.Write(table);
    }
}
