using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco eval knn</c>: do near features mean equal labels?</summary>
internal static class EvalKnnCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string?> data = Options.Data("Other labeled pictures than the run's, or where the same ones are now.");
        Option<string?> test = Options.Test();
        Option<int?> neighbors = Options.AtLeastOne("--neighbors", "k", "Training pictures that vote. Default: the recipe's.");
        Option<double?> temperature = Options.Positive("--temperature", "tau", "Temperature of the votes exp(cos / tau). Default: the recipe's.");
        Option<FeatureSpace?> features = Options.Features();
        Option<string?> device = Options.Device(Options.TheRuns);
        Option<int?> threads = Options.Threads();
        Command command = new("knn", "Classify test pictures by the vote of their nearest training pictures; pixels and an untrained encoder beside it.")
        {
            run, data, test, neighbors, temperature, features, device, threads,
        };
        command.SetAction(parse =>
        {
            RunFolder folder = new(parse.GetRequiredValue(run));
            RunRecord record = RunRecord.OpenTrained(folder, context.Warn).On(parse.GetValue(device));
            Recipe recipe = record.Recipe.Recipe;
            ThreadChoice.Use(context, parse.GetValue(threads));
            ComparisonOptions options = new(parse.GetValue(neighbors) ?? recipe.Monitor.Neighbors, parse.GetValue(temperature) ?? recipe.Monitor.Temperature, parse.GetValue(features));
            using TrainingData pictures = RunData.Open(record, recipe.Data, parse.GetValue(data), parse.GetValue(test));
            string name = string.Create(CultureInfo.InvariantCulture, $"knn-{options.Space}-k{options.Neighbors}-t{options.Temperature:R}{RunData.FileSuffix(record.Environment, pictures)}");
            EvaluationReport report = EvaluationWork.Run(context, folder, recipe, pictures, options, $"{name}.json");
            ConfusionReport.Write(context.People, report.Confusion);
            context.People.Profile.Out.Writer.WriteLine($"confusion matrix: {EvaluationFiles.Write(folder, $"{name}.png", report.Confusion)}");
            context.Result(report.Document(folder), folder.Evaluations);
            return ExitCode.Done;
        });
        return command;
    }
}
