namespace MocoSharp.Methods.FastaiMoCo;

/// <summary>Settings of <see cref="FastaiMoCo"/>. The defaults are the original's; the queue's length, which it does not default, is that
/// of its ImageWang run.</summary>
/// <param name="QueueLength">K, keys in the queue; the batch size or more.</param>
/// <param name="KeyFeatures">D, numbers a key.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers.</param>
/// <param name="Layers">Linear layers of the projector, 1 or more.</param>
/// <param name="HeadNorm">Batch norm behind each hidden layer.</param>
/// <param name="Temperature">τ, above 0.</param>
/// <param name="KeyMomentum">m, 0 to 1.</param>
public sealed record FastaiMoCoOptions(
    [Bounds(1, 4_000_000)] int QueueLength = 4096, [Bounds(1, 16384)] int KeyFeatures = 128, [Bounds(1, 16384)] int HiddenFeatures = 256,
    [Bounds(1, 8)] int Layers = 2, bool HeadNorm = false,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.07, [Bounds(0, 1)] double KeyMomentum = 0.999)
    : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (QueueLength < batchSize)
            throw new OptionException(nameof(QueueLength), QueueLength,
                $"smaller than the batch ({batchSize}), so one push would overwrite keys of its own batch",
                fix: $"set it to {batchSize} or more (--set method.queueLength={batchSize}), or lower training.batchSize");
    }

    /// <inheritdoc/>
    internal override MethodOptions ForPictures(int pictures, int batchSize) =>
        QueueLength >= batchSize && QueueLength < pictures ? this : this with
        {
            QueueLength = FittingMemory(QueueLength, pictures, batchSize),
        };
}
