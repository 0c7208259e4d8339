using System.Globalization;
using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What near neighbors say: pixels, the untrained encoder and the trained one.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Neighbors">k of the vote.</param>
/// <param name="Temperature">τ of the votes exp(cos / τ).</param>
/// <param name="Features">Which features.</param>
/// <param name="Results">What came out, the trained encoder last.</param>
public sealed record KnnResult(string Run, int Neighbors, double Temperature, string Features, IReadOnlyList<FeatureScore> Results)
    : EvaluationResult(Run, FeatureScore.Knn)
{
    private ClassScores Scores { get; } = new(Results.Last(static score => score.Test == FeatureScore.Knn).Confusion!, tests: 1);

    /// <summary>The trained encoder's.</summary>
    [JsonIgnore]
    public FeatureScore Trained => Results.Last(static score => score.Test == FeatureScore.Knn);

    /// <summary>What the trained encoder's neighbors took for what.</summary>
    [JsonIgnore]
    public ConfusionMatrix Matrix => Scores.Matrix;

    /// <summary>One entry a class.</summary>
    public IReadOnlyList<ClassScore> Classes => Scores.Classes;

    /// <inheritdoc cref="ClassScores.Counts"/>
    public IReadOnlyList<IReadOnlyList<int>>? Confusion => Scores.Counts;

    /// <inheritdoc cref="ClassScores.Worst"/>
    public IReadOnlyList<Confusion>? WorstConfusions => Scores.Worst;

    /// <summary>The picture of the confusion matrix; null where there are too many classes to look at.</summary>
    public string? ConfusionPicture { get; init; }

    /// <summary>The tests that the training made of itself; null where none was made.</summary>
    public KnnCourse? WhileTraining { get; init; }

    internal static KnnResult Of(EvaluatedRun run, ComparisonOptions options, string suffix, CancellationToken cancel)
    {
        string name = string.Create(CultureInfo.InvariantCulture,
            $"knn-{options.Space}-k{options.Neighbors}-t{options.Temperature:R}{suffix}");
        KnnResult result = new(run.Folder.Root, options.Neighbors, options.Temperature, options.Space.Name,
            FeatureComparison.Run(run, options, cancel))
        {
            Checkpoint = run.Folder.Step,
            Model = run.Folder.Foreign,
            FileName = name,
            WhileTraining = KnnCourse.Of(run.Folder, run.Warn),
        };
        if (!run.Work.Keeps) return result;
        string? picture = result.Draw(result.Matrix);
        result = result with { ConfusionPicture = picture };
        result.Write();
        return result;
    }
}
