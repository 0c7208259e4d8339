using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What a test that learns from labels came to.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Test">linear or finetune.</param>
/// <param name="Settings">How it was done.</param>
/// <param name="Results">What came out, the run's own last.</param>
public abstract record LabelTestResult(string Run, string Test, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results) : EvaluationResult(Run, Test)
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

/// <summary>The linear test's.</summary>
/// <inheritdoc cref="LabelTestResult"/>
public sealed record LinearResult(string Run, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results) : LabelTestResult(Run, "linear", Settings, Results);

/// <summary>The fine-tuning test's.</summary>
/// <inheritdoc cref="LabelTestResult"/>
public sealed record FineTuneResult(string Run, LabelTestSettings Settings, IReadOnlyList<LabelTestScore> Results) : LabelTestResult(Run, "finetune", Settings, Results);

/// <summary>How a test that learns from labels was done.</summary>
/// <param name="Data">Where the pictures are.</param>
/// <param name="TestData">Where the test pictures are, when they are not beside them.</param>
/// <param name="Labels">How many labels a draw had.</param>
/// <param name="Seed">Of the draws.</param>
public sealed record LabelTestSettings(string Data, string? TestData, string Labels, ulong Seed)
{
    /// <summary>The CSV file that labels came from; null where they came from folders.</summary>
    public string? LabelFile { get; init; }

    /// <summary>Which features, of a linear test.</summary>
    public string? Features { get; init; }

    /// <summary>lbfgs or sgd, of a linear test.</summary>
    public string? Solver { get; init; }

    /// <summary>The descent's settings, of a linear test by sgd.</summary>
    public SgdOptions? Sgd { get; init; }

    /// <summary>What of the encoder stayed as it was, of fine-tuning.</summary>
    public string? Freeze { get; init; }

    /// <summary>Learning rates to choose from, of fine-tuning.</summary>
    public IReadOnlyList<double>? Rates { get; init; }

    /// <summary>The classifier's learning rate as a multiple of the encoder's, of fine-tuning.</summary>
    public double? HeadScale { get; init; }

    /// <summary>λ, of fine-tuning.</summary>
    public double? WeightDecay { get; init; }
}

/// <summary>What came of one kind of features or one start.</summary>
/// <param name="Features">pixels, untrained, trained; scratch, fine-tuned.</param>
/// <param name="Labels">Labels that were learned from.</param>
/// <param name="Accuracy">Top-1 on the test pictures in percent, the mean over the draws.</param>
/// <param name="Spread">Its standard deviation; null of one draw.</param>
/// <param name="Draws">Each.</param>
/// <param name="Matrix">All draws' test pictures together.</param>
public sealed record LabelTestScore(
    string Features, int Labels, [property: JsonConverter(typeof(PercentConverter))] double Accuracy, double? Spread, IReadOnlyList<DrawScore> Draws,
    [property: JsonIgnore] ConfusionMatrix Matrix)
{
    /// <summary>The mean of the classes' accuracies, in percent.</summary>
    [JsonConverter(typeof(PercentConverter))]
    public double MeanClassAccuracy => 100 * Matrix.MeanClassAccuracy;

    /// <summary>Passes over the labels and the rates that were compared, of fine-tuning.</summary>
    public FineTuneDetails? Details { get; init; }

    internal static LabelTestScore Of(string name, FewLabelResult result, ConfusionMatrix matrix, FineTuneDetails? details = null) =>
        new(name, result.Labels, 100 * result.Mean, result.Draws.Count > 1 ? Math.Round(100 * result.StandardDeviation, 2) : null,
            [.. result.Draws.Select(static draw => new DrawScore(100 * draw.Accuracy, draw.Strength))], matrix)
        { Details = details };
}

/// <summary>One draw of labels.</summary>
/// <param name="Accuracy">Top-1 on the test pictures in percent.</param>
/// <param name="Chosen">What was chosen on held-out labels: C of L-BFGS, the learning rate of descent.</param>
public sealed record DrawScore([property: JsonConverter(typeof(PercentConverter))] double Accuracy, double Chosen);

/// <summary>What only fine-tuning has.</summary>
/// <param name="Epochs">Passes over the labels.</param>
/// <param name="HeldOut">A draw's rates and what came of them.</param>
public sealed record FineTuneDetails(int Epochs, IReadOnlyList<IReadOnlyList<RateScore>> HeldOut);

/// <summary>A learning rate and what came of it.</summary>
/// <param name="Rate">η of the encoder.</param>
/// <param name="Accuracy">On held-out labels, in percent; null where the loss became not a number.</param>
public sealed record RateScore(double Rate, double? Accuracy);

/// <summary>How sure a kept classifier was of labels that it had not learned from, and whether it was right.</summary>
/// <param name="Labels">Held-out labels.</param>
/// <param name="Precision">The precision that a threshold was asked for; null where none was.</param>
/// <param name="Threshold">The threshold that reaches it.</param>
/// <param name="Curve">What each threshold keeps, a hundred points at most.</param>
public sealed record Calibration(int Labels, double? Precision, double? Threshold, IReadOnlyList<CalibrationPoint> Curve)
{
    private const int MostPoints = 100;

    /// <summary>What the threshold keeps of the held-out labels; null where there is no threshold.</summary>
    [JsonIgnore]
    public CalibrationPoint? Reached { get; private init; }

    internal static Calibration Of(HeldOut heldOut, double? precision)
    {
        IReadOnlyList<CalibrationPoint> curve = heldOut.Curve();
        int every = Math.Max(1, curve.Count / MostPoints);
        CalibrationPoint? reached = precision is { } wanted ? heldOut.At(wanted) : null;
        return new(heldOut.Right.Length, precision, reached?.Threshold,
            [.. curve.Where((_, i) => i == curve.Count - 1 || i % every == 0)
                .Select(static p => new CalibrationPoint(Math.Round(p.Threshold, 4), Math.Round(p.Coverage, 4), Math.Round(p.Precision, 4)))])
        { Reached = reached };
    }
}
