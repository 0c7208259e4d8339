namespace MocoSharp.Recipes;

/// <summary>Length, batch, precision and seed of a training.</summary>
/// <param name="Epochs">Passes over the pictures that the schedule is made for.</param>
/// <param name="BatchSize">Pictures a step; each gives all its views.</param>
/// <param name="Accumulate">Batches whose gradients are summed (as a mean) before the weights move.</param>
/// <param name="Precision">Number type of activations.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="ClipGradients">Longest gradient, as the Euclidean length of all together; empty: no bound.</param>
public sealed record TrainingSettings(
    int Epochs, int BatchSize, int Accumulate = 1, Precision Precision = Precision.Auto, ulong Seed = 1, double? ClipGradients = null)
{
    /// <summary>Passes over the pictures that the schedule is made for.</summary>
    public int Epochs { get; init; } = AtLeastOne(Epochs, nameof(Epochs));

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = AtLeastOne(BatchSize, nameof(BatchSize));

    /// <summary>Batches an update.</summary>
    public int Accumulate { get; init; } = AtLeastOne(Accumulate, nameof(Accumulate));

    private static int AtLeastOne(int value, string name)
    {
        OptionException.Require(value >= 1, name, value, "1 or more");
        return value;
    }
}

/// <summary>The number type of activations and matrix products. Weights, statistics, losses and queues are fp32 always.</summary>
public enum Precision
{
    /// <summary>bf16 where the processor multiplies it faster, fp32 elsewhere.</summary>
    Auto,

    /// <summary>bf16.</summary>
    Bf16,

    /// <summary>fp32.</summary>
    Fp32,
}

/// <summary>The kNN test while training.</summary>
/// <param name="EveryEpochs">Epochs between tests; 0 for none. The last epoch always has one.</param>
/// <param name="Neighbours">k, training pictures that vote.</param>
/// <param name="Temperature">τ of the votes exp(cos / τ).</param>
/// <param name="Features">The encoder's features or the space of the loss.</param>
public sealed record MonitorSettings(int EveryEpochs = 1, int Neighbours = 200, double Temperature = 0.1, MonitorFeatures Features = MonitorFeatures.Backbone);

/// <summary>Which vectors the monitor compares.</summary>
public enum MonitorFeatures
{
    /// <summary>The encoder's: what users get.</summary>
    Backbone,

    /// <summary>Behind the head: what the loss sees.</summary>
    Projected,

    /// <summary>Those of all views side by side, for scenes that are seen in several ways.</summary>
    AllViews,
}

/// <summary>What is kept of a training.</summary>
/// <param name="EveryEpochs">Epochs between checkpoints.</param>
/// <param name="Keep">How many of the newest stay.</param>
/// <param name="KeepBest">Keep the one of the best monitor value too.</param>
public sealed record CheckpointSettings(int EveryEpochs = 1, int Keep = 2, bool KeepBest = true);
