using System.Text.Json.Serialization;
using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>Asks what training was worth: the same tests on raw pixels, on the untrained encoder and on the trained one.</summary>
/// <remarks>The untrained encoder has the very weights that the run began with. Pixels are those that encoders see in tests, at most 32 a
/// side.</remarks>
public static class FeatureComparison
{
    /// <summary>Runs all tests.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="options">Which tests.</param>
    /// <param name="cancel">Stops between batches.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002: there is nothing labeled to test on. MS5003, MS5004:
    /// labels do not suffice.</exception>
    public static IReadOnlyList<FeatureScore> Run(EvaluatedRun run, ComparisonOptions options, CancellationToken cancel = default)
    {
        TrainingData data = run.Data;
        List<FeatureScore> scores = [];
        FeatureKinds.ForEach(run, options.Space, Score);
        return scores;

        void Score(FeatureKind kind)
        {
            FeatureExtractor extractor = run.Extractor(kind.View, kind.Compute);
            FeatureSet train = extractor.Extract(data.Labeled, kind.Network, cancel: cancel),
                test = extractor.Extract(data.Test!, kind.Network, cancel: cancel);
            ClassificationResult vote = new KnnClassifier(options.Neighbors, options.Temperature, kind.Compute.Device)
            { Work = run.Work }.Evaluate(train, test, cancel);
            if (vote.Note is { } note) run.Warn(note);
            scores.Add(new FeatureScore(kind.Name, FeatureScore.Knn, train.LabeledCount, 100 * vote.Accuracy, Confusion: vote.Confusion));
            if (options.LabelsPerClass == 0) return;
            FewLabelResult few = new FewLabelTest(new FewLabelOptions(options.LabelsPerClass, Draws: options.Draws))
                .Evaluate(train, test, cancel);
            scores.Add(new FeatureScore(kind.Name, FeatureScore.Linear, few.Labels, 100 * few.Mean, 100 * few.StandardDeviation,
                few.Draws.Count));
        }
    }
}

/// <summary>Which tests a <see cref="FeatureComparison"/> runs.</summary>
/// <param name="Neighbors">k of the kNN vote.</param>
/// <param name="Temperature">τ of the votes.</param>
/// <param name="Features">Which features; the encoder's when null.</param>
/// <param name="LabelsPerClass">Labels a class of the linear classifier; 0 leaves it out.</param>
/// <param name="Draws">How often these labels are drawn.</param>
public sealed record ComparisonOptions(
    int Neighbors = 200, double Temperature = 0.1, FeatureSpace? Features = null, int LabelsPerClass = 0, int Draws = 10)
{
    /// <summary>The test that a training's own monitor makes, so that both agree.</summary>
    public static ComparisonOptions Of(MonitorSettings monitor) =>
        new(monitor.Neighbors, monitor.Temperature, monitor.Features == MonitorFeatures.Projected ? FeatureSpace.Projected
            : FeatureSpace.Backbone);

    /// <summary>Which features are tested; the encoder's where nothing else was asked for.</summary>
    public FeatureSpace Space => Features ?? FeatureSpace.Backbone;
}

/// <summary>What one test said of one kind of features.</summary>
/// <param name="Features">pixels, color histogram, untrained or trained.</param>
/// <param name="Test">knn or linear.</param>
/// <param name="Labels">Labeled pictures that were learned from, in all classes together.</param>
/// <param name="Accuracy">Top-1 on the test pictures in percent; the mean where labels were drawn several times.</param>
/// <param name="Spread">Standard deviation over the draws, in percent; none where nothing was drawn.</param>
/// <param name="Draws">How often labels were drawn.</param>
/// <param name="Confusion">Which classes were taken for which; none where labels were drawn several times.</param>
public sealed record FeatureScore(
    string Features, string Test, int Labels, [property: JsonConverter(typeof(PercentConverter))] double Accuracy,
    [property: JsonConverter(typeof(PercentConverter))] double? Spread = null, int? Draws = null,
    [property: JsonIgnore] ConfusionMatrix? Confusion = null)
{
    /// <summary>The pictures as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>How often each color occurs: beside the others for scenes that are seen in several ways.</summary>
    public const string Histogram = "color histogram";

    /// <summary>The encoder as the run began with it.</summary>
    public const string Untrained = "untrained";

    /// <summary>The run's encoder.</summary>
    public const string Trained = "trained";

    /// <summary>The vote of the nearest neighbors.</summary>
    public const string Knn = "knn";

    /// <summary>A linear classifier on few labels.</summary>
    public const string Linear = "linear";
}
