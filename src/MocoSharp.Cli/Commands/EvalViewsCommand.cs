using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval views</c>: what does each view of a scene know, and all together?</summary>
internal static class EvalViewsCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("Other labeled scenes than the run's, or where the same ones are now.");
        Option<string?> test = Options.Test();
        Option<string> labels = Options.Labels();
        Option<string?> device = Options.Device(Options.TheRuns);
        Option<int?> threads = Options.Threads();
        Command command = new("views", "Classify test scenes by the vote of their nearest training scenes, from each view and from all; a color histogram and untrained networks beside it.") { run, data, test, labels, device, threads };
        command.SetAction(parse =>
        {
            RunFolder folder = new(parse.GetRequiredValue(run));
            RunRecord record = RunRecord.OpenTrained(folder, context.Warn).On(parse.GetValue(device));
            Recipe recipe = record.Recipe.Recipe;
            ThreadChoice.Use(context, parse.GetValue(threads));
            string? from = parse.GetRequiredValue(labels) is "auto" ? null : parse.GetRequiredValue(labels);
            using TrainingData scenes = RunData.Open(record, recipe.Data, parse.GetValue(data), parse.GetValue(test), from);
            LiveLine live = new(context.People, context.Terminal.Time);
            Warnings warnings = new(context.People, live);
            ViewResults found = ViewComparison.Run(folder, recipe, scenes, what => live.Show(() => [$"testing {what} …"], now: true), warnings.Add, context.Cancel);
            live.Clear();
            Write(context.People, found, scenes.Train.Classes.Count, recipe.Monitor.Neighbors);
            var document = new { run = folder.Root, labels = (scenes.Labels ?? LabelsFrom.Auto).ToString(), classes = scenes.Train.Classes, results = found.Scores.Select(static s => new { features = s.Features, trained = s.IsTrained, accuracy = Math.Round(s.Accuracy, 2) }), matches = found.Matches.Select(static m => new { view = m.View, trained = m.IsTrained, accuracy = Math.Round(m.Accuracy, 2), scenes = m.Scenes }) };
            context.People.Profile.Out.Writer.WriteLine($"kept in {EvaluationFiles.Write(folder, $"views{RunData.FileSuffix(record.Environment, scenes)}.json", document)}");
            context.Result(document, folder.Evaluations);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole people, ViewResults found, int classes, int neighbors)
    {
        Table table = Terminal.NewTable(people, ($"kNN, k {neighbors}", false), ("untrained", true), ("trained", true));
        foreach (IGrouping<string, ViewScore> row in found.Scores.GroupBy(static score => score.Features))
            table.AddRow(row.Key, row.FirstOrDefault(static s => s.IsTrained != true) is { } before ? Numbers.Percent(before.Accuracy) : "", row.FirstOrDefault(static s => s.IsTrained == true) is { } after ? Numbers.Percent(after.Accuracy) : "");
        people.Write(table);
        people.WriteLine($"{classes} classes: guessing gives about {Numbers.Percent(100.0 / classes)}");
        foreach (IGrouping<string, ViewMatch> pair in found.Matches.GroupBy(static match => match.View))
            people.WriteLine($"view 0 finds {pair.Key} of the same scene among {pair.First().Scenes}: untrained {Numbers.Percent(pair.First().Accuracy)}, trained {Numbers.Percent(pair.Last().Accuracy)}");
    }
}
