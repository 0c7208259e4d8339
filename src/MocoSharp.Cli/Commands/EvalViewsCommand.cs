using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval views</c>: do the views of a scene find each other, and what does each know?</summary>
internal static class EvalViewsCommand
{
    internal static Command Create(CommandContext context)
    {
        TestOptions common = new TestOptions().LabelsToo().OfRuns();
        Option<FeatureSpace?> features = Options.Parsed<FeatureSpace?>("--features", "backbone|projected",
            "backbone: the encoder's. projected: the space of the loss. Default: backbone for kNN, projected for matching.",
            "backbone or projected",
            static text => text is "backbone" or "projected" ? new FeatureSpace(text) : null);
        Command command = common.Command("views",
            "Ask how often views of a scene find each other, which needs no labels; with labels, also classify test scenes by the vote "
            + "of their nearest training scenes, from each view and from all.",
            features);
        command.SetAction((parse, _) => common.RunAsync(context, parse,
            (run, pictures, reporter) => run.EvaluateViewsAsync(parse.GetValue(features), pictures, reporter, context.Cancel),
            result => Show(context.People, result)));
        return command;
    }

    private static void Show(IAnsiConsole people, ViewsResult result)
    {
        if (result.Results.Count > 0)
        {
            Table table = Terminal.NewTable(people, ($"kNN, k {result.Neighbors}", false), ("untrained", true), ("trained", true));
            foreach (IGrouping<string, ViewScore> row in result.Results.GroupBy(static score => score.Features))
                table.AddRow(row.Key, Cell(row.FirstOrDefault(static s => s.IsTrained != true)),
                    Cell(row.FirstOrDefault(static s => s.IsTrained == true)));
            people.Write(table);
            people.WriteLine($"{result.Classes.Count} classes: guessing gives about {Numbers.Percent(100.0 / result.Classes.Count)}");
        }
        if (result.Results.Count == 0 && result.Matches.Count == 0)
            people.WriteLine("there is nothing to compare: the run's pictures have one kind of view, and no labels to test with");
        foreach (IGrouping<string, ViewMatch> pair in result.Matches.GroupBy(static match => match.View))
            people.WriteLine($"view 0 finds {pair.Key} of the same scene among {pair.First().Scenes}: "
                + $"untrained {Numbers.Percent(pair.First().Accuracy)}, trained {Numbers.Percent(pair.Last().Accuracy)}");
    }

    private static string Cell(ViewScore? score) => score is null ? "" : Numbers.Percent(score.Accuracy);
}
