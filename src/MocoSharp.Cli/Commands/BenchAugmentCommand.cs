using System.CommandLine;
using System.Globalization;
using MocoSharp.Benchmarks;
using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco bench augment</c>: what each operation of a recipe's views costs.</summary>
internal static class BenchAugmentCommand
{
    private const int DefaultSource = 224;

    internal static Command Create(CommandContext context)
    {
        Option<string> recipe = new("--recipe") { Description = "The recipe whose views are made.", HelpName = "recipe", DefaultValueFactory = static _ => "moco-v2-imagenet" };
        Option<int?> image = Options.AtLeastOne("--image", "pixels", "Side of the views. Default: the recipe's.");
        Option<int?> source = Options.AtLeastOne("--source", "pixels", $"Side of the pictures that views are made of. Default: {DefaultSource}.");
        Option<string[]> set = Options.Set();
        Command command = new("augment", "Time each operation of a recipe's views on one thread, on pictures in memory.") { recipe, image, source, set };
        command.SetAction(parse =>
        {
            ViewRecipe views = BenchmarkPictures.AtSize(RecipeFile.Load(parse.GetRequiredValue(recipe), parse.GetRequiredValue(set)).Recipe.ViewRecipe(), parse.GetValue(image));
            AugmentBenchmarkResult result = AugmentBenchmark.Run(views, parse.GetValue(source) ?? DefaultSource, context.Terminal.Time, context.Cancel);
            context.People.MarkupLine(string.Create(CultureInfo.InvariantCulture,
                $"[bold]{result.ImagesPerSecond:f0}[/] images/s on one thread, {result.Views} views each (median; {result.SlowestImagesPerSecond:f0} to {result.FastestImagesPerSecond:f0}); a picture's time, all views together:"));
            BenchPipelineCommand.WriteParts(context.People, result.Milliseconds);
            context.Result(result);
            return ExitCode.Done;
        });
        return command;
    }
}
