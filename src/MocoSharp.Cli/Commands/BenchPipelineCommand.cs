using System.CommandLine;
using System.Globalization;
using MocoSharp.Bench;
using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench pipeline</c>: how fast pictures become batches.</summary>
internal static class BenchPipelineCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<string?> data = Options.Data("The pictures: a folder, a file that 'moco pack' made, or shards.");
        data.Required = true;
        Option<string> recipe = new("--recipe")
        {
            Description = "The recipe whose views are made.",
            HelpName = "recipe",
            DefaultValueFactory = static _ => "moco-v2-imagenet",
        };
        Option<int?> image = Options.AtLeastOne("--image", "pixels", "Side of the views. Default: the recipe's.");
        Option<int?> batch = Options.AtLeastOne("--batch", "pictures", "Pictures a batch. Default: 64.");
        Option<int?> workers = Options.AtLeastOne("--workers", "threads",
            "Threads that decode and augment, no more than the processors. Default: what training takes.");
        Option<double?> seconds = Options.Positive("--seconds", "s", "How long to measure. Default: 10.");
        Option<int?> cache = new("--cache")
        {
            Description = "Decoded pictures are kept in memory up to this. Default: 0, none.",
            HelpName = "MiB",
        };
        cache.Validators.Add(static result =>
        {
            if (result.Tokens is [.., var last] && !(int.TryParse(last.Value, CultureInfo.InvariantCulture, out int value) && value >= 0))
                result.AddError($"--cache is '{last.Value}', and it takes a whole number of 0 or more");
        });
        Option<string[]> set = Options.Set();
        Command command = new("pipeline", "Time the way of a picture from its file to the batch, with nobody training.")
        {
            data, recipe, image, batch, workers, seconds, cache, set,
        };
        command.SetAction(parse =>
        {
            Recipe loaded = RecipeFile.Load(parse.GetRequiredValue(recipe), parse.GetRequiredValue(set)).Recipe;
            ViewRecipe views = BenchmarkPictures.AtSize(loaded.ViewRecipe(), parse.GetValue(image));
            using TrainingData pictures = TrainingData.Open(parse.GetRequiredValue(data)!, testPath: null,
                loaded.Data with { CacheMegabytes = parse.GetValue(cache) ?? 0 });
            PipelineBenchmarkOptions options = new(views, loaded.Data.Color, parse.GetValue(batch) ?? 64,
                ThreadChoice.Within(context, "--workers", parse.GetValue(workers)) ?? 0, parse.GetValue(seconds) ?? 10,
                DecodeShorterSide: loaded.Data.DecodeShorterSide, ShuffleBuffer: loaded.Data.ShuffleBuffer);
            PipelineBenchmarkResult result = PipelineBenchmark.Run(pictures.Train, options, context.Terminal.Time, context.Cancel);
            Write(context.People, result);
            context.Result(result);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole people, PipelineBenchmarkResult result)
    {
        people.MarkupLine(string.Create(CultureInfo.InvariantCulture,
            $"[bold]{result.ImagesPerSecond:f0}[/] images/s, {result.Views} views each (median of ten parts; "
            + $"{result.SlowestImagesPerSecond:f0} to {result.FastestImagesPerSecond:f0}), {result.Workers} workers, "
            + $"{result.ProcessorSeconds:f2} cores busy, peak {result.PeakMegabytes:f0} MB"));
        people.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the consumer waited {result.WaitingShare:p0} of the time; one thread's time a picture, all views together:"));
        WriteParts(people, result.Milliseconds);
    }

    /// <summary>Times by part, a line each.</summary>
    internal static void WriteParts(IAnsiConsole people, IReadOnlyDictionary<string, double> parts)
    {
        foreach ((string part, double milliseconds) in parts)
            people.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {part,-24} {1000 * milliseconds,8:f1} us"));
    }
}
