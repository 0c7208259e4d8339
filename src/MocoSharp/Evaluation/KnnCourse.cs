using System.Text.Json.Serialization;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>The kNN tests that a training made of itself: the last one, and the best one, which was chosen on the test pictures and is no
/// result.</summary>
/// <param name="LastEpoch">Epochs done at the last test.</param>
/// <param name="Last">Top-1 then, in percent.</param>
/// <param name="BestEpoch">Epochs done at the best test.</param>
/// <param name="Best">Top-1 then, in percent.</param>
public sealed record KnnCourse(
    int LastEpoch, [property: JsonConverter(typeof(PercentConverter))] double Last, int BestEpoch,
    [property: JsonConverter(typeof(PercentConverter))] double Best)
{
    /// <summary>Why the best one flatters.</summary>
    public string BestChosenOn { get; } = "test pictures";

    /// <returns>Null where no test was made, or its log is lost.</returns>
    internal static KnnCourse? Of(RunFolder run, Action<string> warned)
    {
        try
        {
            EpochMetrics[] tests = [.. run.ReadMetrics().Where(static line => line.Knn is not null)];
            if (tests.Length == 0) return null;
            EpochMetrics best = tests.MaxBy(static line => line.Knn)!;
            return new KnnCourse(tests[^1].Epoch, tests[^1].Knn!.Value, best.Epoch, best.Knn!.Value);
        }
        catch (MocoException error) when (error.Id == ErrorIds.MetricsDamaged)
        {
            warned($"the training's own kNN tests are not told: {error.Message}");
            return null;
        }
    }
}
