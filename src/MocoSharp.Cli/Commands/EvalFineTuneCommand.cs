using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval finetune</c>: what is the encoder worth as a start for learning from few labels?</summary>
internal static class EvalFineTuneCommand
{
    internal static Command Create(CommandContext context)
    {
        TestOptions common = new();
        Option<LabelBudget?> labels = Options.Budget();
        Option<string> freeze = new("--freeze")
        {
            Description =
                "What of the run's encoder stays as it is: none, a stage and all before it (layer2), or a share of the stages (0.5).",
            HelpName = "stage|share",
            DefaultValueFactory = static _ => "none",
        };
        Option<bool> scratch = new("--against-scratch")
        {
            Description =
                "Also train the same network from random weights on the same labels, with the same search; nothing of it is frozen.",
        };
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count",
            "Passes over the labels. Default: as many as make 400 updates, 30 to 200.");
        Option<double[]> rates = Options.Rates(
            "Learning rates to choose from on held-out labels; the classifier's own is ten times as high. Default: 0.01, 0.03, 0.1, and "
            + "lower ones where the lowest does best.");
        Option<int?> draws = Options.AtLeastOne("--draws", "count", "How often labels are drawn. Default: 1.");
        Option<ulong?> seed = Options.Seed("Of draws, order and crops. Default: 1.");
        Option<string?> save = Options.SaveHead();
        Option<double?> precision = Options.Precision(
            "With --save-head: find the threshold at which this share of held-out labels is right, and keep it.");
        Command command = common.Command("finetune",
            "Let the encoder go on learning from few labels; the same network from random weights beside it.",
            labels, freeze, scratch, epochs, rates, draws, seed, save, precision);
        command.SetAction((parse, _) => common.RunAsync(context, parse,
            (run, pictures, reporter) =>
            {
                double[] chosen = parse.GetRequiredValue(rates);
                FineTuneOptions options = new(parse.GetValue(labels) ?? LabelBudget.All, parse.GetRequiredValue(freeze),
                    parse.GetValue(scratch), parse.GetValue(epochs),
                    Rates: chosen.Length > 0 ? chosen : null, Draws: parse.GetValue(draws) ?? 1, Seed: parse.GetValue(seed) ?? 1);
                HeadOptions? head = parse.GetValue(save) is { } name ? new HeadOptions(name, parse.GetValue(precision)) : null;
                return run.EvaluateFineTuningAsync(options, pictures, head, reporter, context.Cancel);
            },
            result => LabelTestReport.Write(context.People, result)));
        return command;
    }
}
