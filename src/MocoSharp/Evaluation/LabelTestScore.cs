using System.Text.Json.Serialization;
using MocoSharp.Features;

namespace MocoSharp.Evaluation;

/// <summary>What came of one kind of features or one start.</summary>
/// <param name="Features">pixels, untrained, trained; scratch, fine-tuned.</param>
/// <param name="Labels">Labels that were learned from.</param>
/// <param name="Accuracy">Top-1 on the test pictures in percent, the mean over the draws.</param>
/// <param name="Spread">Its standard deviation; null of one draw.</param>
/// <param name="Draws">Each.</param>
/// <param name="Matrix">All draws' test pictures together.</param>
public sealed record LabelTestScore(
    string Features, int Labels, [property: JsonConverter(typeof(PercentConverter))] double Accuracy, double? Spread,
    IReadOnlyList<DrawScore> Draws,
    [property: JsonIgnore] ConfusionMatrix Matrix)
{
    /// <summary>The mean of the classes' accuracies, in percent.</summary>
    [JsonConverter(typeof(PercentConverter))]
    public double MeanClassAccuracy => 100 * Matrix.MeanClassAccuracy;

    /// <summary>Passes over the labels and the rates that were compared, of fine-tuning.</summary>
    public FineTuneDetails? Details { get; init; }

    /// <summary>What it was after the epoch that held-out labels choose; the result is the last epoch's. Null where there are no epochs,
    /// or no labels are held out.</summary>
    public BestEpochScore? BestEpoch { get; init; }

    internal static LabelTestScore Of(string name, FewLabelResult result, ConfusionMatrix matrix, FineTuneDetails? details = null) =>
        new(name, result.Labels, 100 * result.Mean, result.Draws.Count > 1 ? Math.Round(100 * result.StandardDeviation, 2) : null,
            [.. result.Draws.Select(static draw => new DrawScore(100 * draw.Accuracy, draw.Strength))], matrix)
        { Details = details, BestEpoch = BestEpochScore.Of(result.Draws) };
}

/// <summary>One draw of labels.</summary>
/// <param name="Accuracy">Top-1 on the test pictures in percent.</param>
/// <param name="Chosen">What was chosen on held-out labels: C of L-BFGS, the learning rate of descent.</param>
public sealed record DrawScore([property: JsonConverter(typeof(PercentConverter))] double Accuracy, double Chosen);
