namespace MocoSharp.Recipes;

/// <summary>Length, batch, precision and seed of a training.</summary>
/// <param name="Epochs">Passes over the pictures that the schedule is made for.</param>
/// <param name="BatchSize">Pictures a step; each gives all its views. 0 leaves it to the number of pictures: an eighth of them as a power
/// of two, 8 to 256; the run's recipe then says what it came to.</param>
/// <param name="Accumulate">Batches whose gradients are summed (as a mean) before the weights move.</param>
/// <param name="Precision">Number type of activations.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="ClipGradients">Longest gradient, as the Euclidean length of all together; empty: no bound.</param>
/// <param name="Sizes">Sides of the first view in the course of the training, the first from epoch 0 on, and other views' in proportion;
/// empty: the views' own all along. Tests always see the views' own.</param>
/// <param name="Device">What computes: cpu, cuda or cuda:1.</param>
public sealed record TrainingSettings(
    [Bounds(1, 1_000_000)] int Epochs, [Bounds(0, 65536)] int BatchSize, [Bounds(1, 65536)] int Accumulate = 1,
    Precision Precision = Precision.Auto,
    [Bounds(0, ulong.MaxValue)] ulong Seed = 1, [Bounds(0, 1_000_000, ExceptLeast = true)] double? ClipGradients = null,
    IReadOnlyList<SizeStep>? Sizes = null, string Device = "cpu")
{
    /// <summary>What computes: cpu, cuda or cuda:1. It need not be there before something is computed.</summary>
    public string Device { get; init; } = Torch.Device.IsName(Device) ? Device
        : throw new OptionException("device", Device, "and no device has this name", fix: "write cpu, cuda, or cuda:1 and so on");

    /// <summary>Sides of the first view in the course of the training.</summary>
    public IReadOnlyList<SizeStep> Sizes { get; init; } = Checked(Sizes ?? []);

    /// <summary>The side of an epoch's first view; null for the views' own.</summary>
    public int? SizeAt(int epoch) => Sizes.LastOrDefault(step => epoch >= step.FromEpoch)?.Size;

    private static IReadOnlyList<SizeStep> Checked(IReadOnlyList<SizeStep> sizes)
    {
        for (int i = 0; i < sizes.Count; i++)
        {
            bool fits = i == 0 ? sizes[i].FromEpoch == 0 : sizes[i].FromEpoch > sizes[i - 1].FromEpoch;
            OptionException.Require(fits, $"sizes.{i}.fromEpoch", sizes[i].FromEpoch, "the epoch 0 first, then rising ones");
        }
        return sizes;
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
/// <param name="Neighbors">k, training pictures that vote.</param>
/// <param name="Temperature">τ of the votes exp(cos / τ).</param>
/// <param name="Features">The encoder's features or the space of the loss.</param>
/// <param name="ValidationLoss">Take the loss of the test pictures' views too, at the same epochs: in evaluation mode, and nothing learns
/// from it.</param>
public sealed record MonitorSettings(
    [Bounds(0, 1_000_000)] int EveryEpochs = 1, [Bounds(1, 1_000_000)] int Neighbors = 200,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1, MonitorFeatures Features = MonitorFeatures.Backbone,
    bool ValidationLoss = false);

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
public sealed record CheckpointSettings([Bounds(1, 1_000_000)] int EveryEpochs = 1, [Bounds(1, 1_000_000)] int Keep = 2,
    bool KeepBest = true);

/// <summary>From when on the first view has a size.</summary>
/// <param name="FromEpoch">Counted from 0.</param>
/// <param name="Size">The side in pixels.</param>
public sealed record SizeStep([Bounds(0, 1_000_000)] int FromEpoch, [Bounds(8, 4096)] int Size);
