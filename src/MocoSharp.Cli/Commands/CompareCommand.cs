using System.CommandLine;
using System.Text;
using MocoSharp.Cli.Output;
using MocoSharp.Recipes;
using MocoSharp.Reports;
using MocoSharp.Reports.Html;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco compare</c>: what differs between runs, and what came of it.</summary>
internal static class CompareCommand
{
    private const int MostRuns = 1000, MostLetters = 60, MostColumns = 8;

    internal static Command Create(CommandContext context)
    {
        Argument<string[]> runs = new("runs")
        {
            Description = "Folders of runs, two or more; or a folder that runs lie in, for all of them.",
            Arity = new ArgumentArity(1, MostRuns),
        };
        Option<string?> output = Options.Result("--output", "file.html|file.md|file.csv",
            "A file to write: a page that needs no network and no other file, or a table with a row a run as Markdown or CSV.", "-o");
        Option<bool> force = new("--force") { Description = "Replace a file of this name." };
        Command command = new("compare", "Compare runs: what differs in their recipes, and their results side by side.")
        {
            runs, output, force,
        };
        command.SetAction(parse =>
        {
            string? path = parse.GetValue(output);
            NewFiles.Prepare(parse.GetValue(force), path);
            RunComparison comparison = RunComparison.Of(parse.GetRequiredValue(runs));
            ResultTable table = ResultTable.Of(comparison);
            if (path is not null) Save(comparison, table, path);
            foreach (string warning in comparison.Warnings) context.Warn(warning);
            if (comparison.Runs.Count <= MostColumns) Show(context.People, comparison);
            else Show(context.People, table);
            if (path is not null) context.People.WriteLine($"Wrote {path}.");
            context.Result(new { file = path is null ? null : Path.GetFullPath(path), comparison, table }, path);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Save(RunComparison comparison, ResultTable table, string path)
    {
        string? text = Path.GetExtension(path).ToLowerInvariant() switch { ".md" => table.Markdown(), ".csv" => table.Csv(), _ => null };
        if (text is null) ComparisonPage.Save(comparison, path);
        else AtomicFile.Write(path, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A row a run: more would not stand side by side.</summary>
    private static void Show(IAnsiConsole people, ResultTable table)
    {
        Table shown = Terminal.NewTable(people, table.Columns.Select(static column => (Markup.Escape(column), false)));
        foreach (IReadOnlyList<string> row in table.Rows) shown.AddRow([.. row.Select(static cell => new Text(cell))]);
        people.Write(shown);
    }

    private static void Show(IAnsiConsole people, RunComparison comparison)
    {
        (string, bool)[] names = [.. comparison.Runs.Select(static run => (Markup.Escape(run.Name), false))];
        Table recipes = Terminal.NewTable(people, [("what differs", false), .. names]);
        foreach (RecipeDisagreement one in comparison.Differences)
            recipes.AddRow([new Text(one.Key), .. one.Values.Select(static value => new Text(Shortened(value ?? "-")))]);
        if (comparison.Differences.Count > 0) people.Write(recipes);
        else people.WriteLine("The recipes are equal.");
        Table results = Terminal.NewTable(people, [("result", false), .. names.Select(static name => (name.Item1, true))]);
        foreach (ComparedResult result in comparison.Results)
            results.AddRow([new Text(result.Heading), .. result.Cells.Select((cell, run) =>
                new Text(result.Text(run) + (cell.IsBest ? " *" : "")))]);
        people.Write(results);
        people.WriteLine("* the best of the runs on the same pictures");
        foreach (SeedGroup group in comparison.Seeds) Show(people, group);
    }

    private static string Shortened(string value) => value.Length <= MostLetters ? value : $"{value[..(MostLetters - 1)]}…";

    internal static void Show(IAnsiConsole people, SeedGroup group)
    {
        people.WriteLine($"{string.Join(", ", group.Runs)} differ in their seed alone ({string.Join(", ", group.Seeds)}):");
        foreach (SeedFigure figure in group.Figures)
            people.WriteLine($"  {figure.Heading}: {Numbers.Fixed(figure.Mean)} ± {Numbers.Fixed(figure.Deviation)}");
    }
}
