using MocoSharp.Runs;

namespace MocoSharp.Training;

/// <summary>What a training came to.</summary>
/// <param name="Folder">Where everything lies.</param>
/// <param name="Finished">False when it was canceled.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="Steps">Updates done.</param>
/// <param name="Loss">The mean of the epoch that is under way, or of the last one; null before the first update.</param>
/// <param name="BestKnn">The best monitor value in percent; chosen on the test pictures, so it flatters.</param>
/// <param name="ElapsedSeconds">Training time, tests included.</param>
/// <param name="Metrics">All epochs' lines.</param>
public sealed record TrainingResult(
    RunFolder Folder, bool Finished, int Epochs, long Steps, double? Loss, double? BestKnn, double ElapsedSeconds,
    IReadOnlyList<EpochMetrics> Metrics);
