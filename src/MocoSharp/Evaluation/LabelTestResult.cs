using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What a test that learns from labels came to.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Test">linear or finetune.</param>
/// <param name="Settings">How it was done.</param>
/// <param name="Results">What came out, the run's own last.</param>
public abstract record LabelTestResult(string Run, string Test, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results)
    : EvaluationResult(Run, Test)
{
    private ClassScores Scores { get; } = new(Results[^1].Matrix, Results[^1].Draws.Count);

    /// <summary>The run's own.</summary>
    [JsonIgnore]
    public LabelTestScore Trained => Results[^1];

    /// <summary>What the run's own took for what, all draws together.</summary>
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

    /// <summary>The kept classifier's file; null where none was kept.</summary>
    public string? Head { get; init; }

    /// <summary>What the classifier made of held-out labels; null where none were held out.</summary>
    public Calibration? Calibration { get; init; }
}
