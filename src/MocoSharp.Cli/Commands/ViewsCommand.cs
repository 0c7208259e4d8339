using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Sheets;
using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco views</c>: a picture of what a model would see.</summary>
internal static class ViewsCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> recipe = Options.Recipe();
        Option<string?> data = Options.Data("The pictures.");
        data.Required = true;
        Option<string> output = new("--output", "-o")
        {
            Description = "The picture to write: .png, .jpg or .webp.",
            HelpName = "file",
            DefaultValueFactory = static _ => "views.png",
        };
        Option<int?> count = Options.AtLeastOne("--count", "pictures", "Rows. Default: 8.");
        Option<int?> draws = Options.AtLeastOne("--draws", "count",
            "Draws of each view. Default: 4, and fewer where there are more than two views.");
        Option<int?> pairs = Options.AtLeastOne("--pairs", "count",
            "Show so many pictures with one draw of each view: what one step sees of them.");
        Option<ulong?> seed = Options.Seed("Chooses the pictures and their views. Default: 1.");
        Option<string[]> set = Options.Set();
        Command command = new("views", "Write a picture of what a model sees: originals and their random views.")
        {
            recipe, data, output, count, draws, pairs, seed, set,
        };
        command.SetAction(parse =>
        {
            Recipe loaded = Options.Load(context, parse.GetRequiredValue(recipe), parse.GetRequiredValue(set)).Recipe.Checked();
            string path = parse.GetRequiredValue(output);
            if (IsAmong(path, parse.GetRequiredValue(data)!))
                throw new UsageException(
                    $"{path} would lie among the pictures and be one of them the next time: name a place outside of their folder with -o",
                    command);
            using DataSplits splits = DataSets.Open(parse.GetRequiredValue(data)!,
                new SourceOptions { Modalities = loaded.Data.Modalities });
            foreach (string note in splits.Train.Notes) context.People.WriteLine($"note: {note}");
            ViewSheetOptions options = new();
            options = options with
            {
                Count = parse.GetValue(count) ?? options.Count,
                Draws = parse.GetValue(draws),
                Seed = parse.GetValue(seed) ?? options.Seed,
            };
            if (parse.GetValue(pairs) is { } rows) options = options with { Count = rows, Draws = 1 };
            Describe(context.People, loaded);
            ViewRecipe views = loaded.Probe is null ? loaded.ViewRecipe()
                : new ViewRecipe([.. loaded.ViewRecipe().Views, loaded.Probe.View.Pipeline()]);
            options = options with { Draws = options.Draws ?? ViewSheetOptions.DrawsOf(views.Count) };
            Image sheet = ViewSheet.Render(splits.Train, views, loaded.Data.For(splits.Train).Request(), options,
                passedOver: bad => context.People.WriteLine($"note: passed over {bad.At}: {bad.Message}"));
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            ImageEncoder.Save(sheet, path);
            context.People.WriteLine(
                $"Wrote {path}: {sheet.Width} x {sheet.Height} pixels. Each row: a picture, then "
                + $"{Numbers.Plural(options.Draws.Value, "draw", "draws")} of each view.");
            context.Result(new
            {
                file = Path.GetFullPath(path),
                width = sheet.Width,
                height = sheet.Height,
                views = loaded.Views.Select(RecipeFile.TextOf)
            }, path);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Describe(IAnsiConsole people, Recipe loaded)
    {
        for (int view = 0; view < loaded.Views.Count; view++)
        {
            int repeat = loaded.Views[view].Repeat;
            people.WriteLine(
                $"view {view + 1} of {loaded.Views.Count}{(repeat > 1 ? $", made {repeat} times with draws of its own" : "")}:");
            people.WriteLine(RecipeFile.TextOf(loaded.Views[view]).TrimEnd());
        }
        if (loaded.Probe is { } probe)
        {
            people.WriteLine("the last view, the online probe's:");
            people.WriteLine(RecipeFile.TextOf(probe.View).TrimEnd());
        }
    }

    /// <summary>A sheet among the pictures would be one of them the next time.</summary>
    private static bool IsAmong(string path, string data) =>
        Path.GetFullPath(path).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(data)) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal);
}
