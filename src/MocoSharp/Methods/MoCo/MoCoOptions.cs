namespace MocoSharp.Methods.MoCo;

/// <summary>Settings of <see cref="MoCo"/>. The defaults are MoCo v2's on ImageNet.</summary>
/// <param name="QueueLength">K, negatives a query; the batch size or more. 65,536 in the papers; far below the number of pictures on small sets.</param>
/// <param name="KeyFeatures">D, numbers a key; 128 in the papers.</param>
/// <param name="HiddenFeatures">Sizes of the head's hidden layers. Empty: one linear layer, as in v1. v2 has one, as wide as the encoder's features (0 stands for that).</param>
/// <param name="Temperature">τ, above 0; 0.07 in v1, 0.2 in v2.</param>
/// <param name="KeyMomentum">m, 0 to 1; 0.999 in the papers, 0.99 for short runs on small sets.</param>
/// <param name="Symmetric">Each view is query once and key once; the two losses are added. Twice the work a batch.</param>
/// <param name="FillQueueFirst">Fill the queue with real keys before the first step, instead of random vectors.</param>
public sealed record MoCoOptions(
    int QueueLength = 65536,
    int KeyFeatures = 128,
    IReadOnlyList<int>? HiddenFeatures = null,
    double Temperature = 0.2,
    double KeyMomentum = 0.999,
    bool Symmetric = false,
    bool FillQueueFirst = false) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (QueueLength < batchSize)
            throw new OptionException(nameof(QueueLength), QueueLength, $"smaller than the batch ({batchSize}), so one push would overwrite keys of its own batch",
                fix: $"set queueLength to {batchSize} or more, or lower training.batchSize");
    }

    /// <summary>The head's hidden sizes for an encoder.</summary>
    internal IReadOnlyList<int> HiddenFor(int features) => [.. (HiddenFeatures ?? [0]).Select(size => size == 0 ? features : size)];

    internal MoCoOptions Checked()
    {
        OptionException.Require(QueueLength >= 1, nameof(QueueLength), QueueLength, "1 or more");
        OptionException.Require(KeyFeatures >= 1, nameof(KeyFeatures), KeyFeatures, "1 or more");
        OptionException.Require(HiddenFeatures?.All(static size => size >= 0) != false, nameof(HiddenFeatures), HiddenFeatures, "sizes of 0 (as wide as the features) or more");
        OptionException.Require(Temperature > 0, nameof(Temperature), Temperature, "a number above 0");
        OptionException.Require(KeyMomentum is >= 0 and <= 1, nameof(KeyMomentum), KeyMomentum, "a number from 0 to 1");
        return this;
    }
}
