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
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("Other labeled pictures than the run's, or where the same ones are now."), test = Options.Test();
        test.Description = "Other pictures to test on than those beside the pictures to learn from.";
        Option<LabelBudget?> labels = Options.Budget();
        Option<FeatureSpace?> features = Options.Features();
        Option<LinearSolver?> solver = Options.Parsed<LinearSolver?>("--solver", "lbfgs|sgd",
            "lbfgs: the convex problem on standardized features, solved whole; its C is chosen on held-out labels. sgd: the official protocol on augmented pictures. Default: lbfgs.", "lbfgs or sgd",
            static text => text switch { "lbfgs" => LinearSolver.Lbfgs, "sgd" => LinearSolver.Sgd, _ => null });
        Option<int?> draws = Options.AtLeastOne("--draws", "count", "How often labels are drawn. Default: 1 of 100%, 10 of up to 1,000 labels, 5 of more.");
        Option<ulong?> seed = Options.Seed("Of the draws. Default: 1.");
        Option<double[]> rates = Options.Rates("sgd: learning rates to choose from; the official one is 30. Default: 0.1 to 30.");
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count", "sgd: passes over the labels. Default: 100.");
        Option<bool> plain = new("--plain-views") { Description = "sgd: learn from pictures as they are tested, without random crops and mirroring." };
        Option<string?> save = Options.SaveHead();
        Option<double?> precision = Options.Precision("With --save-head: find the threshold at which this share of held-out labels is right, and keep it.");
        Option<string?> device = Options.Device(Options.TheRuns);
        Option<int?> threads = Options.Threads();
        Command command = new("linear", "Fit a linear classifier on frozen features and few labels; pixels and an untrained encoder beside it.")
        {
            run, data, test, labels, features, solver, draws, seed, rates, epochs, plain, save, precision, device, threads,
        };
        command.SetAction(parse =>
        {
            using TestedRun tested = TestedRun.Open(context, parse, run, data, test, device, threads);
            string? name = parse.GetValue(save);
            if (name is not null) _ = KeptHead.PathOf(tested.Folder, name);       // a name that cannot be is told of at once
            double[] chosen = parse.GetRequiredValue(rates);
            SgdOptions sgd = new(chosen.Length > 0 ? chosen : null, parse.GetValue(epochs) ?? 100, Augment: !parse.GetValue(plain));
            LinearOptions options = new(parse.GetValue(labels) ?? LabelBudget.All, parse.GetValue(features) ?? FeatureSpace.Backbone, parse.GetValue(solver) ?? LinearSolver.Lbfgs,
                parse.GetValue(draws), parse.GetValue(seed) ?? 1, sgd, Calibrate: name is not null);
            string encoder = KeptHead.ChecksumOf(tested.Folder);
            LinearEvaluationResult result = LinearEvaluation.Run(tested.Folder, tested.Recipe, tested.Pictures, options, tested.Doing, tested.Warned, context.Cancel);
            double? wanted = name is null ? null : tested.Reachable(result.HeldOut, parse.GetValue(precision));
            if (name is not null && KeptHead.ChecksumOf(tested.Folder) != encoder)
                throw new MocoException(ErrorIds.HeadDiffers, "the run was trained further while its features were tested, so the classifier fits an encoder that is gone", at: tested.Folder.Root,
                    fix: "stop the training or wait for its end, then do the same again");
            string? file = name is null ? null : new KeptHead(result.Trained.Head, options.Features, result.HeldOut, wanted, encoder).Save(tested.Folder, name);
            return tested.Finish(Report(tested, options, result, wanted, file));
        });
        return command;
    }

    private static LabelTestReport Report(TestedRun tested, LinearOptions options, LinearEvaluationResult result, double? precision, string? head)
    {
        bool isSgd = options.Solver == LinearSolver.Sgd;
        string solver = isSgd ? "sgd" : "lbfgs";
        object settings = new
        {
            data = tested.Pictures.Paths[0],
            test_data = tested.Pictures.TestPath,
            labels = options.Labels.ToString(),
            features = options.Features.Name,
            solver,
            seed = options.Seed,
            sgd = isSgd ? new { options.Sgd.Rates, options.Sgd.Epochs, options.Sgd.BatchSize, options.Sgd.Augment } : null,
        };
        return new LabelTestReport("linear", $"linear-{options.Labels.FileName}-{solver}-{options.Features.Name}{tested.FileSuffix}", settings,
            [.. result.Scores.Select(static score => new LabelTestRow(score.Features, ScoreTable.Name(score.Features), score.Result, score.Confusion))], result.HeldOut, precision, head);
    }
}
