using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval linear</c>: what are the features worth to a plain classifier with few labels?</summary>
internal static class EvalLinearCommand
{
    internal static Command Create(CommandContext context)
    {
        TestOptions common = new();
        Option<LabelBudget?> labels = Options.Budget();
        Option<FeatureSpace?> features = Options.Features("backbone");
        Option<LinearSolver?> solver = Options.Parsed<LinearSolver?>("--solver", "lbfgs|sgd",
            "lbfgs: the convex problem on standardized features, solved whole; its C is chosen on held-out labels. sgd: the official "
            + "protocol on augmented pictures. Default: lbfgs.", "lbfgs or sgd",
            static text => text switch { "lbfgs" => LinearSolver.Lbfgs, "sgd" => LinearSolver.Sgd, _ => null });
        Option<double?> strength = Options.Positive("--strength", "C",
            "lbfgs: what the labels' loss weighs against the weights' size, scikit-learn's C. Default: chosen on held-out labels; 0.01 "
            + "for 1-per-class.");
        Option<int?> draws = Options.AtLeastOne("--draws", "count",
            "How often labels are drawn. Default: 1 of 100%, 10 of up to 1,000 labels, 5 of more.");
        Option<ulong?> seed = Options.Seed("Of the draws. Default: 1.");
        Option<double[]> rates = Options.Rates("sgd: learning rates to choose from; the official one is 30. Default: 0.1 to 30.");
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count", "sgd: passes over the labels. Default: 100.");
        Option<bool> plain = new("--plain-views")
        {
            Description = "sgd: learn from pictures as they are tested, without random crops and mirroring.",
        };
        Option<string?> save = Options.SaveHead();
        Option<double?> precision = Options.Precision(
            "With --save-head: find the threshold at which this share of held-out labels is right, and keep it.");
        Command command = common.Command("linear",
            "Fit a linear classifier on frozen features and few labels; pixels and an untrained encoder beside it.",
            labels, features, solver, strength, draws, seed, rates, epochs, plain, save, precision);
        command.SetAction((parse, _) => common.RunAsync(context, parse,
            (run, pictures, reporter) =>
            {
                double[] chosen = parse.GetRequiredValue(rates);
                SgdOptions sgd = new(chosen.Length > 0 ? chosen : null, parse.GetValue(epochs) ?? 100, Augment: !parse.GetValue(plain));
                LinearOptions options = new(parse.GetValue(labels) ?? LabelBudget.All, parse.GetValue(features) ?? FeatureSpace.Backbone,
                    parse.GetValue(solver) ?? LinearSolver.Lbfgs, parse.GetValue(draws), parse.GetValue(seed) ?? 1, sgd,
                    Strength: parse.GetValue(strength));
                HeadOptions? head = parse.GetValue(save) is { } name ? new HeadOptions(name, parse.GetValue(precision)) : null;
                return run.EvaluateLinearAsync(options, pictures, head, reporter, RankChoice.Here, context.Cancel);
            },
            result => LabelTestReport.Write(context.People, result), isShared: true));
        return command;
    }
}
