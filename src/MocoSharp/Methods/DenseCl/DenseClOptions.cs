using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.DenseCl;

/// <summary>Settings of <see cref="DenseCl"/>. The defaults are the paper's on ImageNet.</summary>
/// <param name="QueueLength">K, keys in each of the two queues; the batch size or more. 65,536; far below the number of pictures on small
/// sets. 0 leaves it to the number of pictures: a quarter of them, 16,384 at most.</param>
/// <param name="KeyFeatures">D, numbers a key; 128.</param>
/// <param name="HiddenFeatures">Width of both heads' hidden layer; 2,048.</param>
/// <param name="Temperature">τ, above 0; 0.2.</param>
/// <param name="KeyMomentum">m, 0 to 1; 0.999.</param>
/// <param name="DenseWeight">λ, the share of the dense loss, 0 to 1; 0.5.</param>
/// <param name="DenseFrom">Updates before the dense loss has a weight; 0. The places of an untrained encoder's maps match by chance: the
/// authors' code can wait for 1,000.</param>
public sealed record DenseClOptions(
    [Bounds(0, 4_000_000)] int QueueLength = 65536, [Bounds(1, 16384)] int KeyFeatures = 128,
    [Bounds(1, 16384)] int HiddenFeatures = 2048, [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.2,
    [Bounds(0, 1)] double KeyMomentum = 0.999, [Bounds(0, 1)] double DenseWeight = 0.5,
    [Bounds(0, 1_000_000_000)] long DenseFrom = 0) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (!FollowsPictures) KeyQueue.LongEnough(QueueLength, batchSize);
    }

    /// <inheritdoc/>
    internal override bool FollowsPictures => QueueLength == 0;

    /// <inheritdoc/>
    internal override MethodOptions ForPictures(int pictures, int batchSize) =>
        QueueLength >= batchSize && QueueLength > 0 && QueueLength <= pictures / 2 ? this
            : this with { QueueLength = FittingMemory(QueueLength, pictures, batchSize) };
}
