using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Features;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval knn</c>: do near features mean equal labels?</summary>
internal static class EvalKnnCommand
{
    internal static Command Create(CommandContext context)
    {
        TestOptions common = new();
        Option<int?> neighbors = Options.AtLeastOne("--neighbors", "k", "Training pictures that vote. Default: the recipe's.");
        neighbors.Aliases.Add("--neighbours");
        Option<double?> temperature = Options.Positive("--temperature", "tau",
            "Temperature of the votes exp(cos / tau). Default: the recipe's.");
        Option<FeatureSpace?> features = Options.Features("the recipe's monitor's");
        Command command = common.Command("knn",
            "Classify test pictures by the vote of their nearest training pictures; pixels and an untrained encoder beside it.",
            neighbors, temperature, features);
        command.SetAction((parse, _) => common.RunAsync(context, parse,
            (run, pictures, reporter) =>
            {
                ComparisonOptions usual = ComparisonOptions.Of(run.Recipe.Monitor);
                ComparisonOptions options = new(parse.GetValue(neighbors) ?? usual.Neighbors, parse.GetValue(temperature)
                    ?? usual.Temperature, parse.GetValue(features) ?? usual.Features);
                return run.EvaluateKnnAsync(options, pictures, reporter, RankChoice.Here, context.Cancel);
            },
            result => Show(context, result), isShared: true));
        return command;
    }

    /// <summary>Tables for people.</summary>
    internal static void Show(CommandContext context, KnnResult result)
    {
        ScoreTable.Write(context.People, result.Results);
        TextWriter lines = context.People.Profile.Out.Writer;
        lines.WriteLine($"{result.Features} features, kNN with k {result.Neighbors} and temperature {Numbers.Rate(result.Temperature)}");
        if (result.WhileTraining is { } course)
            lines.WriteLine($"while training: {Numbers.Percent(course.Last)} after the last epoch, {course.LastEpoch}; at best "
                + $"{Numbers.Percent(course.Best)}, after epoch {course.BestEpoch} (chosen on the test pictures, so it is no result)");
        ConfusionReport.Write(context.People, result.Matrix);
        if (result.ConfusionPicture is { } picture) lines.WriteLine($"confusion matrix: {picture}");
    }
}
