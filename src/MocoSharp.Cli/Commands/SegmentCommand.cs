using System.CommandLine;
using MocoSharp.Cli.Output;
using Spectre.Console;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco segment</c>: parts pictures into clusters of places that the encoder takes for alike.</summary>
internal static class SegmentCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> model = new("encoder") { Description = "The folder of a run, or an encoder.safetensors." };
        Argument<string[]> images = new("image")
        {
            Description = "The pictures: files, or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "A folder: each picture is drawn beside its clusters, as overlays/NAME.png. Or a file that ends in .png: one "
                + "sheet of the first hundred.",
            HelpName = "dir|sheet.png",
            Required = true,
        };
        Option<int?> clusters = Options.Within("--clusters", "k", 2, 255, "Clusters, the same in all pictures. Default: 8.");
        Option<string[]?> layers = Options.Stages("Stages whose maps are taken, such as layer3, or layer2,layer4. Default: all.");
        Option<string?> data = Options.Data("Learn the clusters from these pictures instead.");
        Option<bool> masks = new("--masks")
        {
            Description = "Also write each picture's clusters as masks/NAME.png: a PNG with a palette, as large as the picture.",
        };
        Option<string?> against = new("--against-masks")
        {
            Description = "A folder with a PNG mask for each picture: match the clusters with its classes, and say how well they agree.",
            HelpName = "dir",
        };
        Option<string?> ignore = Options.Ignored();
        Option<int?> side = Options.Side(), places = Options.Places("the pictures");
        Option<ulong?> seed = Options.Seed("Of the places and the clusters. Default: 1.");
        Option<bool> force = new("--force") { Description = "Replace files of these names." };
        Option<string?> checkpoint = Options.Checkpoint();
        Option<string?> device = Options.Device($"{Options.TheRuns}; cpu for an encoder's file");
        Option<int?> threads = Options.Threads();
        Command command = new("segment", "Part pictures into clusters of places that the encoder takes for alike, without labels.")
        {
            model, images, output, clusters, layers, data, masks, against, ignore, side, places, seed, force, checkpoint, device, threads,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(masks) && result.GetValue(output)?.EndsWith(".png", StringComparison.OrdinalIgnoreCase) == true)
                result.AddError("--masks writes a file a picture: name a folder with -o");
            if (result.GetValue(ignore) is not null && result.GetValue(against) is null)
                result.AddError("--ignore goes with --against-masks");
        });
        command.SetAction((parse, _) =>
        {
            ThreadChoice.Use(context, parse.GetValue(threads));
            SegmentOptions usual = new();
            SegmentOptions options = new(parse.GetValue(clusters) ?? usual.Clusters, parse.GetValue(layers), parse.GetValue(data),
                parse.GetValue(against), parse.GetValue(ignore), parse.GetValue(masks), parse.GetValue(side),
                parse.GetValue(places) ?? usual.Places, parse.GetValue(seed) ?? usual.Seed, parse.GetValue(force), parse.GetValue(device),
                parse.GetValue(checkpoint));
            return RunAsync(context, parse.GetRequiredValue(model), parse.GetRequiredValue(images), parse.GetRequiredValue(output),
                options);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string model, string[] images, string output, SegmentOptions options)
    {
        SegmentedPictures result;
        using (TestReporter reporter = new(context))
            result = await PictureSegmentation.RunAsync(model, images, output, options, reporter, context.Cancel);
        Show(context.People, result, options);
        string made = Path.GetFullPath(output);
        context.People.Profile.Out.Writer.WriteLine($"written to {made}");
        context.Result(new
        {
            output = made,
            result.Clusters,
            result.Layers,
            result.LearnedFrom,
            result.Pictures,
            result.Unreadable,
            result.Compared,
            result.Agreement,
        }, made);
        return ExitCode.Done;
    }

    private static void Show(IAnsiConsole people, SegmentedPictures result, SegmentOptions options)
    {
        Table table = Terminal.NewTable(people, [("cluster", true), ("of all pixels", true),
            .. result.Agreement is null ? Array.Empty<(string, bool)>() : [("matched with class", false)]]);
        foreach ((int cluster, double share) in result.Clusters.Index())
        {
            string[] row = [Numbers.Count(cluster), Numbers.Percent(share)];
            table.AddRow(result.Agreement is { } agreement ? [.. row, agreement.Clusters![cluster].Class ?? ""] : row);
        }
        people.Write(table);
        TextWriter lines = people.Profile.Out.Writer;
        if (result.Agreement is { } found)
        {
            SegmentationReport.WriteClasses(people, found);
            lines.WriteLine($"agreement with {Numbers.Plural(result.Compared, "mask", "masks")}: mean IoU "
                + $"{Numbers.Percent(found.MeanIntersectionOverUnion)}, {Numbers.Percent(found.PixelAccuracy)} of the pixels");
        }
        int apart = result.Pictures.Count(static one => one.Overlay is null);
        lines.WriteLine($"{Numbers.Plural(result.Pictures.Count, "picture", "pictures")} in {options.Clusters} clusters, learned from "
            + $"{Numbers.Count(result.LearnedFrom)} places of {string.Join(", ", result.Layers)}"
            + (result.Unreadable.Count == 0 ? "" : $"; {Numbers.Count(result.Unreadable.Count)} could not be read")
            + (apart == 0 ? "" : $"; {Numbers.Count(apart)} had no room on the sheet"));
    }
}
