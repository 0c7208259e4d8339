using System.Text.Json.Serialization;

namespace MocoSharp.Evaluation;

/// <summary>A classifier as it was after one of its epochs: the one after which it named most held-out labels right. Test pictures play no
/// part in that choice.</summary>
/// <param name="Epoch">Epochs done then, from 1.</param>
/// <param name="Accuracy">Share of the test rows that it recognized then, 0 to 1.</param>
public sealed record BestEpoch(int Epoch, double Accuracy);

/// <summary>The best epochs of all draws, beside the last ones, which are the result.</summary>
/// <param name="Accuracy">Top-1 on the test pictures in percent, the mean over the draws.</param>
/// <param name="Spread">Its standard deviation; null of one draw.</param>
/// <param name="Epochs">Each draw's, from 1.</param>
public sealed record BestEpochScore(
    [property: JsonConverter(typeof(PercentConverter))] double Accuracy, double? Spread, IReadOnlyList<int> Epochs)
{
    /// <summary>What the epochs were chosen on.</summary>
    public string ChosenOn { get; } = "held-out labels";

    /// <returns>Null where a draw has none: without held-out labels, or without epochs.</returns>
    internal static BestEpochScore? Of(IReadOnlyList<FewLabelDraw> draws)
    {
        BestEpoch[] best = [.. draws.Select(static draw => draw.Best).OfType<BestEpoch>()];
        if (best.Length < draws.Count) return null;
        double mean = best.Average(static one => one.Accuracy);
        return new BestEpochScore(100 * mean, best.Length == 1 ? null : Math.Round(
            100 * Math.Sqrt(best.Sum(one => (one.Accuracy - mean) * (one.Accuracy - mean)) / (best.Length - 1)), 2),
            [.. best.Select(static one => one.Epoch)]);
    }
}
