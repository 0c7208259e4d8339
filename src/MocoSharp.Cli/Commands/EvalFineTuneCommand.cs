using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval finetune</c>: what is the encoder worth as a start for learning from few labels?</summary>
internal static class EvalFineTuneCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("Other labeled pictures than the run's, or where the same ones are now."), test = Options.Test();
        test.Description = "Other pictures to test on than those beside the pictures to learn from.";
        Option<LabelBudget?> labels = Options.Budget();
        Option<string> freeze = new("--freeze") { Description = "What of the run's encoder stays as it is: none, a stage and all before it (layer2), or a share of the stages (0.5).", HelpName = "stage|share", DefaultValueFactory = static _ => "none" };
        Option<bool> scratch = new("--against-scratch") { Description = "Also train the same network from random weights on the same labels, with the same search; nothing of it is frozen." };
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count", "Passes over the labels. Default: as many as make 400 updates, 30 to 200.");
        Option<double[]> rates = Options.Rates("Learning rates to choose from on held-out labels; the classifier's own is ten times as high. Default: 0.01, 0.03, 0.1, and lower ones where the lowest does best.");
        Option<int?> draws = Options.AtLeastOne("--draws", "count", "How often labels are drawn. Default: 1.");
        Option<ulong?> seed = Options.Seed("Of draws, order and crops. Default: 1.");
        Option<string?> save = Options.SaveHead();
        Option<double?> precision = Options.Precision("With --save-head: find the threshold at which this share of held-out labels is right, and keep it.");
        Option<string?> device = Options.Device(Options.TheRuns);
        Option<int?> threads = Options.Threads();
        Command command = new("finetune", "Let the encoder go on learning from few labels; the same network from random weights beside it.")
        {
            run, data, test, labels, freeze, scratch, epochs, rates, draws, seed, save, precision, device, threads,
        };
        command.SetAction(parse =>
        {
            using TestedRun tested = TestedRun.Open(context, parse, run, data, test, device, threads);
            string? name = parse.GetValue(save);
            if (name is not null) _ = KeptHead.PathOf(tested.Folder, name);
            double[] chosen = parse.GetRequiredValue(rates);
            FineTuneOptions options = new(parse.GetValue(labels) ?? LabelBudget.All, parse.GetRequiredValue(freeze), parse.GetValue(scratch), parse.GetValue(epochs),
                Rates: chosen.Length > 0 ? chosen : null, Draws: parse.GetValue(draws) ?? 1, Seed: parse.GetValue(seed) ?? 1);
            double? wanted = null;
            HeldOut? heldOut = null;
            string? file = null;
            IReadOnlyList<FineTuneScore> scores = FineTuning.Run(tested.Folder, tested.Recipe, tested.Pictures, options, name is null ? null : Keep, tested.Doing, tested.Warned, context.Cancel);
            return tested.Finish(new LabelTestReport("finetune", $"finetune-{options.Labels.FileName}-freeze-{options.Freeze}{tested.FileSuffix}", Settings(tested.Pictures, options), [.. scores.Select(Row)], heldOut, wanted, file));

            void Keep(KeptHead head)
            {
                heldOut = head.HeldOut;
                wanted = tested.Reachable(heldOut, parse.GetValue(precision));
                file = (head with { Precision = wanted }).Save(tested.Folder, name!);
            }
        });
        return command;
    }

    private static object Settings(TrainingData pictures, FineTuneOptions options) => new
    {
        data = pictures.Paths[0],
        test_data = pictures.TestPath,
        labels = options.Labels.ToString(),
        freeze = options.Freeze,
        rates = options.Rates,
        head_scale = options.HeadScale,
        weight_decay = options.WeightDecay,
        seed = options.Seed,
    };

    private static LabelTestRow Row(FineTuneScore score) => new(score.Start, score.Start == FineTuneScore.Scratch ? "from scratch" : "fine-tuned", score.Result, score.Confusion,
        new { epochs = score.Draws[0].Epochs, held_out = score.Draws.Select(static draw => draw.Tried.Select(static one => new { rate = one.Rate, accuracy = one.HeldOutAccuracy })) });
}
