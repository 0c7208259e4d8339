using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Output;

/// <summary>Test results as JSON, on the screen and in the run's folder.</summary>
/// <param name="Options">How it was tested.</param>
/// <param name="Scores">What came out.</param>
internal sealed record EvaluationReport(ComparisonOptions Options, IReadOnlyList<FeatureScore> Scores)
{
    /// <summary>One entry of <c>results</c>: accuracy and spread are percent with two decimals.</summary>
    internal IEnumerable<object> Results => Scores.Select(static score => new
    {
        features = score.Features,
        test = score.Test,
        labels = score.Labels,
        accuracy = Math.Round(score.Accuracy, 2),
        spread = score.Spread is { } spread ? Math.Round(spread, 2) : (double?)null,
        draws = score.Draws,
    });

    /// <summary>What the trained encoder's neighbors took for what.</summary>
    internal ConfusionMatrix Confusion => Scores.Last(static score => score.Test == FeatureScore.Knn).Confusion!;

    /// <summary>The whole.</summary>
    /// <param name="run">The run that was tested.</param>
    /// <param name="training">Its training, where that is part of the same command.</param>
    internal object Document(RunFolder run, TrainingSummary? training = null) => new
    {
        run = run.Root,
        neighbors = Options.Neighbors,
        temperature = Options.Temperature,
        features = Options.Space.Name,
        training,
        results = Results,
        classes = ConfusionReport.Classes(Confusion, tests: 1),
        confusion = ConfusionReport.Counts(Confusion),
    };

    /// <summary>Writes it below the run's <c>eval/</c>.</summary>
    /// <returns>The file's path.</returns>
    internal string Save(RunFolder run, string name) => EvaluationFiles.Write(run, name, Document(run));
}
