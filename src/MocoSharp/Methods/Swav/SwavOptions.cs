namespace MocoSharp.Methods.Swav;

/// <summary>Settings of <see cref="Swav"/>. The defaults are the original's for batches of 256 on ImageNet.</summary>
/// <param name="Prototypes">K, directions that pictures are assigned to; 3,000 for ImageNet, CIFAR-10 and Imagenette alike.</param>
/// <param name="ProjectionFeatures">D, numbers a projection; 128.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layer; 2,048.</param>
/// <param name="Temperature">τ of the predictions, above 0; 0.1.</param>
/// <param name="Smoothing">ε of the assignments, above 0; 0.05. 0.03 where the loss stays at ln K.</param>
/// <param name="Iterations">Sinkhorn's iterations; 3.</param>
/// <param name="QueueLength">Earlier projections of each global view that help to spread the assignments, the batch size or more; 3,840. 0:
/// none, for batches that are large beside the prototypes.</param>
/// <param name="QueueFromEpoch">The epoch, counted from 0, at which the queue begins to fill; it is used once it is full. 15.</param>
/// <param name="FrozenEpochs">Epochs in which the prototypes stand still; 1.</param>
public sealed record SwavOptions(
    [Bounds(2, 1_000_000)] int Prototypes = 3000, [Bounds(1, 16384)] int ProjectionFeatures = 128,
    [Bounds(1, 16384)] int HiddenFeatures = 2048,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1, [Bounds(0, 100, ExceptLeast = true)] double Smoothing = 0.05,
    [Bounds(1, 100)] int Iterations = 3,
    [Bounds(0, 4_000_000)] int QueueLength = 3840, [Bounds(0, 1_000_000)] int QueueFromEpoch = 15,
    [Bounds(0, 1_000_000)] int FrozenEpochs = 1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (QueueLength > 0 && QueueLength < batchSize)
            throw new OptionException(nameof(QueueLength), QueueLength,
                $"smaller than the batch ({batchSize}), so one push would overwrite projections of its own batch",
                fix: $"set it to {batchSize} or more (--set method.queueLength={batchSize}), to 0 for no queue, or lower "
                + "training.batchSize");
    }
}
