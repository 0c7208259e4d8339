using System.Globalization;
using System.Text;

namespace MocoSharp.Reports;

/// <summary>Runs as the rows of one table, and behind them a row for each group of runs that differ in their seed alone.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many texts as there are columns, each.</param>
public sealed record ResultTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private static readonly string[] s_facts = ["run", "recipe", "method", "encoder", "pictures", "seed", "epochs", "state"];

    /// <summary>The table of a comparison.</summary>
    public static ResultTable Of(RunComparison comparison)
    {
        IReadOnlyList<ComparedResult> results = comparison.Results;
        List<IReadOnlyList<string>> rows = [];
        foreach ((int at, ComparedRun run) in comparison.Runs.Index())
            rows.Add([.. Facts(run), .. results.Select(result => result.Text(at))]);
        foreach (SeedGroup group in comparison.Seeds)
        {
            ComparedRun first = comparison.Runs.First(run => run.Name == group.Runs[0]);
            Dictionary<string, SeedFigure> figures = group.Figures.ToDictionary(static figure => figure.Name);
            rows.Add([$"mean of {group.Runs.Count} seeds", .. Facts(first)[1..5], string.Join(" ", group.Seeds), .. Facts(first)[6..],
                .. results.Select(result => figures.TryGetValue(result.Name, out SeedFigure? figure)
                    ? string.Create(CultureInfo.InvariantCulture, $"{figure.Mean:0.00} ± {figure.Deviation:0.00}") : "")]);
        }
        return new ResultTable([.. s_facts, .. results.Select(static result => result.Heading)], rows);
    }

    /// <summary>As Markdown.</summary>
    public string Markdown()
    {
        StringBuilder text = new();
        Line(Columns);
        Line([.. Columns.Select(static (_, column) => column < s_facts.Length ? "---" : "---:")]);
        foreach (IReadOnlyList<string> row in Rows) Line(row);
        return text.ToString();

        void Line(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ",
            cells.Select(static cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    /// <summary>As CSV: commas, and quotes where a text needs them.</summary>
    public string Csv()
    {
        StringBuilder text = new();
        foreach (IReadOnlyList<string> row in Rows.Prepend(Columns)) text.AppendJoin(',', row.Select(Quoted)).Append('\n');
        return text.ToString();
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string[] Facts(ComparedRun run) =>
    [
        run.Name, run.Facts.Recipe, run.Facts.Method, run.Facts.Encoder, run.Facts.Pictures?.ToString(CultureInfo.InvariantCulture) ?? "",
        run.Facts.Seed.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{run.Facts.EpochsDone} of {run.Facts.Epochs}"), Html.Words.Of(run.Facts.State),
    ];
}
