using System.CommandLine;
using System.Runtime.ExceptionServices;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco demo</c>: minutes of learning without labels on pictures of clothes, then what it was worth.</summary>
internal static class DemoCommand
{
    private const double DefaultMinutes = 4;
    private const int LabelsPerClass = 10;

    internal static Command Create(CommandContext context)
    {
        Option<string?> data = Options.Data($"Fashion-MNIST's four files. Default: {DemoPictures.Folder}.");
        Option<string?> run = new("--run")
        {
            Description = "The run's folder. Default: runs/demo, or the next free of runs/demo-2, runs/demo-3 …",
            HelpName = "dir",
        };
        Option<double?> minutes = Options.Positive("--minutes", "m",
            $"The longest that training may take; it stops then and is tested as it is. Default: {DefaultMinutes}.");
        Option<string> recipe = new("--recipe")
        {
            Description = "Another recipe than the demo's.",
            HelpName = "recipe",
            DefaultValueFactory = static _ => "fashion",
            Hidden = true,
        };
        Option<string[]> set = Options.Set();
        Option<string?> device = Options.Device("cpu");
        Option<int?> threads = Options.TrainingThreads();
        Command command = new("demo", "See it work: learn from 60,000 pictures of clothes without labels, then test what was learned.")
        {
            data, run, minutes, device, threads, recipe, set,
        };
        command.SetAction((parse, _) =>
        {
            string pictures = DemoPictures.Find(parse.GetValue(data));
            RecipeFile file = RecipeFile.Load(parse.GetRequiredValue(recipe),
                [.. parse.GetRequiredValue(set), .. parse.GetValue(device) is { } named ? [Options.DeviceSetting(named)] : (string[])[]]);
            string folder = parse.GetValue(run) ?? FreeFolder();
            TimeSpan limit = TimeSpan.FromMinutes(parse.GetValue(minutes) ?? DefaultMinutes);
            context.People.WriteLine($"Learning from pictures of clothes without their labels, for {Numbers.Time(limit)} at most.");
            return RunAsync(context, file, pictures, folder, limit, parse.GetValue(threads));
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, RecipeFile file, string pictures, string folder, TimeSpan limit,
        int? threads)
    {
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        ends.CancelAfter(limit);
        (TrainingSummary training, Run run) = await TrainingWork.TrainAsync(context, threads,
            progress => Trainer.TrainAsync(file, new TrainingPictures([pictures]), folder, progress, time: context.Terminal.Time,
            cancel: ends.Token));
        if (context.Cancel.IsCancellationRequested)
        {
            training.Write(context.People);
            context.Result(training, folder);
            return ExitCode.Canceled;
        }
        string steps = Numbers.Plural(training.Steps, "step", "steps");
        if (!training.Finished)
            context.People.WriteLine($"{Numbers.Time(limit)} is over after {steps}: testing what was learned until here.");
        ComparisonOptions options = ComparisonOptions.Of(run.Recipe.Monitor) with { Features = null, LabelsPerClass = LabelsPerClass };
        KnnResult result;
        using (TestReporter reporter = new(context))
            result = await run.EvaluateKnnAsync(options, progress: reporter, cancel: context.Cancel);
        ScoreTable.Write(context.People, result.Results);
        context.People.WriteLine(
            $"{result.Features} features, kNN with k {result.Neighbors} and temperature {Numbers.Rate(result.Temperature)}");
        context.People.WriteLine(
            $"The linear classifier saw {LabelsPerClass} labels a class, drawn {options.Draws} times: mean ± standard deviation.");
        if (result.NotKept is { } error) ExceptionDispatchInfo.Throw(error);
        context.People.Profile.Out.Writer.WriteLine($"kept in {result.File}");
        WriteNext(context.People, training);
        context.Result(new
        {
            result.Run,
            training,
            result.Neighbors,
            result.Temperature,
            result.Features,
            result.Results,
            result.Classes,
            result.Confusion
        }, folder);
        return ExitCode.Done;
    }

    private static void WriteNext(IAnsiConsole people, TrainingSummary training)
    {
        people.WriteLine();
        training.WritePaths(people);
        people.WriteLine("Now with your own pictures:");
        people.WriteLine("  moco views photos --data DIR                     what a model would see of them");
        people.WriteLine("  moco train photos --data DIR --run runs/mine     learn from them");
    }

    private static string FreeFolder()
    {
        string first = Path.Combine("runs", "demo"), folder = first;
        for (int number = 2; Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(); number++)
            folder = $"{first}-{number}";
        return folder;
    }
}
