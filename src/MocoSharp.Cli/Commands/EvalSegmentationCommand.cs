using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation.Segmentation;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval segmentation</c>: what do features know of each place of a picture?</summary>
internal static class EvalSegmentationCommand
{
    internal static Command Create(CommandContext context)
    {
        TestOptions common = new TestOptions().WithoutLabels();
        Option<string?> masks = Folder("--masks",
            "A folder with a PNG mask for each picture, in folders like the pictures' and under their names. Entries of a palette, gray "
            + "values or colors are classes. Default: the map of classes that the run's scenes come with.");
        Option<string?> testMasks = Folder("--test-masks", "With --masks and --test: where the masks of these pictures are.");
        Option<string?> ignore = Options.Ignored();
        Option<string[]?> layers = Options.Stages("Stages whose maps are taken, such as layer3, or layer2,layer4. Default: all.");
        Option<int?> view = Options.Within("--view", "number", 0, 1000,
            "Whose pictures and network, where a run's views are different kinds of pictures. Default: 0, the first.");
        Option<int?> side = Options.Side(), places = Options.Places("the training pictures");
        Option<double?> decay = Options.Positive("--weight-decay", "lambda",
            "What the squared weights count beside the mean cross-entropy. Default: chosen on every fifth of the training pictures.");
        Option<int?> clusters = Options.Within("--clusters", "k", 2, 255,
            "Clusters that are matched with classes. Default: as many as there are classes.");
        Option<ulong?> seed = Options.Seed("Of the places and the clusters. Default: 1.");
        Option<int?> overlay = Options.Within("--overlay", "count", 1, 100,
            "Draw so many test pictures beside their classes, true and named, into a PNG in the run's eval/.");
        Command command = common.Command("segmentation",
            "Fit a linear classifier on frozen features of single places, and cluster them; pixels and an untrained encoder beside it.",
            masks, testMasks, ignore, layers, view, side, places, decay, clusters, seed, overlay);
        command.Validators.Add(result =>
        {
            if (result.GetValue(testMasks) is not null && result.GetValue(masks) is null)
                result.AddError("--test-masks goes with --masks");
        });
        command.SetAction((parse, _) => common.RunAsync(context, parse,
            (run, pictures, reporter) =>
            {
                SegmentationOptions usual = new();
                SegmentationOptions options = new(parse.GetValue(layers), parse.GetValue(view) ?? usual.View, parse.GetValue(masks),
                    parse.GetValue(testMasks), parse.GetValue(ignore), parse.GetValue(side), parse.GetValue(places) ?? usual.Places,
                    parse.GetValue(decay), parse.GetValue(clusters), parse.GetValue(seed) ?? usual.Seed,
                    parse.GetValue(overlay) ?? usual.Shown);
                return run.EvaluateSegmentationAsync(options, pictures, reporter, context.Cancel);
            },
            result => SegmentationReport.Write(context.People, result)));
        return command;
    }

    private static Option<string?> Folder(string name, string description) => new(name) { Description = description, HelpName = "dir" };
}
