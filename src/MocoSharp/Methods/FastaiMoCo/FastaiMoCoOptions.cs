namespace MocoSharp.Methods.FastaiMoCo;

/// <summary>Settings of <see cref="FastaiMoCo"/>. The defaults are the original's; the queue's length, which it does not default, is that of its ImageWang run.</summary>
/// <param name="QueueLength">K, keys in the queue; the batch size or more.</param>
/// <param name="KeyFeatures">D, numbers a key.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers.</param>
/// <param name="Layers">Linear layers of the projector, 1 or more.</param>
/// <param name="HeadNorm">Batch norm behind each hidden layer.</param>
/// <param name="Temperature">τ, above 0.</param>
/// <param name="KeyMomentum">m, 0 to 1.</param>
public sealed record FastaiMoCoOptions(
    int QueueLength = 4096, int KeyFeatures = 128, int HiddenFeatures = 256, int Layers = 2, bool HeadNorm = false, double Temperature = 0.07, double KeyMomentum = 0.999)
    : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (QueueLength < batchSize)
            throw new OptionException(nameof(QueueLength), QueueLength, $"smaller than the batch ({batchSize}), so one push would overwrite keys of its own batch",
                fix: $"set queueLength to {batchSize} or more, or lower training.batchSize");
    }

    internal FastaiMoCoOptions Checked()
    {
        OptionException.Require(QueueLength >= 1, nameof(QueueLength), QueueLength, "1 or more");
        OptionException.Require(KeyFeatures >= 1, nameof(KeyFeatures), KeyFeatures, "1 or more");
        OptionException.Require(HiddenFeatures >= 1, nameof(HiddenFeatures), HiddenFeatures, "1 or more");
        OptionException.Require(Layers is >= 1 and <= 8, nameof(Layers), Layers, "1 to 8");
        OptionException.Require(Temperature > 0, nameof(Temperature), Temperature, "a number above 0");
        OptionException.Require(KeyMomentum is >= 0 and <= 1, nameof(KeyMomentum), KeyMomentum, "a number from 0 to 1");
        return this;
    }
}
