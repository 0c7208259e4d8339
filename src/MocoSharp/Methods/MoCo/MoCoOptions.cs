using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.MoCo;

/// <summary>Settings of <see cref="MoCo"/>. The defaults are MoCo v2's on ImageNet.</summary>
/// <param name="QueueLength">K, negatives a query; the batch size or more. 65,536 in the papers; far below the number of pictures on small
/// sets. 0 leaves it to the number of pictures: a quarter of the keys that an epoch gives, 16,384 at most; the run's recipe then says what
/// it came to.</param>
/// <param name="KeyFeatures">D, numbers a key; 128 in the papers.</param>
/// <param name="HiddenFeatures">Sizes of the head's hidden layers. Empty: one linear layer, as in v1. v2 has one, as wide as the encoder's
/// features (0 stands for that).</param>
/// <param name="Temperature">τ, above 0; 0.07 in v1, 0.2 in v2.</param>
/// <param name="KeyMomentum">m, 0 to 1; 0.999 in the papers, 0.99 for short runs on small sets.</param>
/// <param name="Symmetric">Each view is query once and key once; the two losses are added. Twice the work a batch.</param>
/// <param name="FillQueueFirst">Fill the queue with real keys before the first step, instead of random vectors.</param>
public sealed record MoCoOptions(
    [Bounds(0, 4_000_000)] int QueueLength = 65536,
    [Bounds(1, 16384)] int KeyFeatures = 128,
    [Bounds(0, 16384)] IReadOnlyList<int>? HiddenFeatures = null,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.2,
    [Bounds(0, 1)] double KeyMomentum = 0.999,
    bool Symmetric = false,
    bool FillQueueFirst = false) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (!FollowsPictures) KeyQueue.LongEnough(QueueLength, batchSize);
    }

    /// <inheritdoc/>
    internal override bool FollowsPictures => QueueLength == 0;

    /// <inheritdoc/>
    internal override MethodOptions ForPictures(int pictures, int batchSize)
    {
        long keys = (long)pictures * (Symmetric ? 2 : 1);
        return QueueLength >= batchSize && QueueLength > 0 && QueueLength <= keys / 2 ? this : this with
        {
            QueueLength = FittingMemory(QueueLength, keys, batchSize),
        };
    }

    /// <summary>The head's hidden sizes for an encoder.</summary>
    internal IReadOnlyList<int> HiddenFor(int features) => [.. (HiddenFeatures ?? [0]).Select(size => size == 0 ? features : size)];
}
