using MocoSharp.Cli.Output;
using MocoSharp.Evaluation;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary>Tests a run's features and shows the table: what <c>eval knn</c> and <c>demo</c> share.</summary>
internal static class EvaluationWork
{
    internal static EvaluationReport Run(CommandContext context, RunFolder folder, Recipe recipe, TrainingData pictures, ComparisonOptions options, string fileName)
    {
        LiveLine live = new(context.People, context.Terminal.Time);
        Warnings warnings = new(context.People, live);
        try
        {
            EvaluationReport report = new(options,
                FeatureComparison.Run(folder, recipe, pictures, options, what => live.Show(() => [$"testing {what} …"], now: true), warnings.Add, context.Cancel));
            live.Clear();
            ScoreTable.Write(context.People, report.Scores);
            context.People.Profile.Out.Writer.WriteLine($"{options.Space} features, kNN with k {options.Neighbors} and temperature {Numbers.Rate(options.Temperature)}");
            context.People.Profile.Out.Writer.WriteLine($"kept in {report.Save(folder, fileName)}");        // shown first: a full disk does not take away what was worked out
            return report;
        }
        finally
        {
            live.Clear();
        }
    }
}
