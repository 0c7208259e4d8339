using System.CommandLine;
using System.Globalization;
using MocoSharp.Bench;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench augment</c>: what each operation of a recipe's views costs.</summary>
internal static class BenchAugmentCommand
{
    internal static Command Create(CommandContext context)
    {
        Option<string> recipe = new("--recipe")
        {
            Description = "The recipe whose views are made.",
            HelpName = "recipe",
            DefaultValueFactory = static _ => "moco-v2-imagenet",
        };
        Option<int?> image = Options.AtLeastOne("--image", "pixels", "Side of the views. Default: the recipe's.");
        Option<int?> batch = Options.AtLeastOne("--batch", "pictures", "Pictures a pass, decoded beforehand. Default: 64.");
        Option<string?> data = Options.Data(
            "Real pictures: a folder, or a file that 'moco pack' made; the first ones are taken. Default: noise.");
        Option<int?> source = Options.AtLeastOne("--source", "pixels", "Side of the noise pictures that views are made of. Default: 224.");
        Option<string[]> set = Options.Set();
        Command command = new("augment", "Time each operation of a recipe's views on one thread, on pictures in memory.")
        {
            recipe, image, batch, data, source, set,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is not null && result.GetValue(source) is not null)
                result.AddError("--source is the side of noise pictures: leave it or --data out");
        });
        command.SetAction(parse =>
        {
            Recipe loaded = RecipeFile.Load(parse.GetRequiredValue(recipe), parse.GetRequiredValue(set)).Recipe;
            using TrainingData? pictures = parse.GetValue(data) is { } path
                ? TrainingData.Open(path, testPath: null, loaded.Data with { CacheMegabytes = 0 }) : null;
            AugmentBenchmarkOptions options = new(BenchmarkPictures.AtSize(loaded.ViewRecipe(), parse.GetValue(image)),
                Source: pictures?.Train, Color: loaded.Data.Color);
            options = options with { Batch = parse.GetValue(batch) ?? options.Batch, Side = parse.GetValue(source) ?? options.Side };
            AugmentBenchmarkResult result = AugmentBenchmark.Run(options, context.Terminal.Time, context.Cancel);
            context.People.MarkupLine(string.Create(CultureInfo.InvariantCulture,
                $"[bold]{result.ImagesPerSecond:f0}[/] images/s on one thread, {result.Views} views each (median; "
                + $"{result.SlowestImagesPerSecond:f0} to {result.FastestImagesPerSecond:f0}), peak {result.PeakMegabytes:f0} MB; a "
                + $"picture's time, all views together:"));
            BenchPipelineCommand.WriteParts(context.People, result.Milliseconds);
            context.Result(result);
            return ExitCode.Done;
        });
        return command;
    }
}
