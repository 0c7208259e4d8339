using MocoSharp.Runs;

namespace MocoSharp.Training;

/// <summary>What a training is about to do.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Run">The run's folder.</param>
/// <param name="Pictures">Training pictures.</param>
/// <param name="TestPictures">Pictures of the kNN test; 0 for no test.</param>
/// <param name="Labeled">Whether training pictures have labels.</param>
/// <param name="Epochs">Epochs of the schedule.</param>
/// <param name="FirstEpoch">The epoch that comes first now, from 0.</param>
/// <param name="LastEpoch">The epoch that this process stops after.</param>
/// <param name="StepsPerEpoch">Updates an epoch.</param>
/// <param name="Parameters">Trained numbers.</param>
/// <param name="Precision">bf16 or fp32.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="Workers">The loader's threads.</param>
/// <param name="ChanceLoss">The loss when nothing is told apart.</param>
public sealed record TrainingPlan(
    string Recipe, string Run, int Pictures, int TestPictures, bool Labeled, int Epochs, int FirstEpoch, int LastEpoch, int StepsPerEpoch,
    long Parameters,
    string Precision, int Threads, int Workers, double? ChanceLoss) : RunProgress
{
    /// <summary>Updates that are done already.</summary>
    public long FirstStep { get; init; }

    /// <summary>Pictures a step.</summary>
    public int Batch { get; init; }

    /// <summary>What becomes of a picture, a text a kind of view, in the recipe's words.</summary>
    public IReadOnlyList<string> Views { get; init; } = [];

    /// <summary>Why there is no kNN test; null where there is one.</summary>
    public string? WhyNoTest { get; init; }

    /// <summary>Why the loss may rise in the first epochs; null where it should not.</summary>
    public string? RisingLoss { get; init; }
}

/// <summary>One update.</summary>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="StepInEpoch">Updates of this epoch done.</param>
/// <param name="StepsPerEpoch">Updates an epoch.</param>
/// <param name="Step">Updates done.</param>
/// <param name="Loss">The mean of this epoch so far.</param>
/// <param name="LearningRate">η.</param>
/// <param name="ImagesPerSecond">Pictures a second over the last updates.</param>
/// <param name="WaitFraction">Share of this epoch's time spent waiting for pictures.</param>
/// <param name="Remaining">Until this process's last epoch is done.</param>
/// <param name="Measures">The method's own.</param>
public sealed record StepReport(
    int Epoch, int StepInEpoch, int StepsPerEpoch, long Step, double Loss, double LearningRate, double ImagesPerSecond, double WaitFraction,
    TimeSpan Remaining,
    IReadOnlyDictionary<string, double> Measures) : RunProgress
{
    /// <summary>The loss of this update alone, in nats.</summary>
    public double UpdateLoss { get; init; }
}
