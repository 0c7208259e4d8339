namespace MocoSharp.Methods.Nnclr;

/// <summary>Settings of <see cref="Nnclr"/>. The defaults are the paper's.</summary>
/// <param name="SupportLength">K, projections in the support set, the batch size or more; 98,304.</param>
/// <param name="ProjectionFeatures">D, numbers a projection; 256.</param>
/// <param name="HiddenFeatures">Width of the projector's two hidden layers; 2,048.</param>
/// <param name="PredictorFeatures">Width of the predictor's hidden layer; 4,096.</param>
/// <param name="Temperature">τ, above 0; 0.1, and 0.2 in solo-learn's CIFAR-10 run.</param>
public sealed record NnclrOptions(
    [Bounds(1, 4_000_000)] int SupportLength = 98_304, [Bounds(1, 16384)] int ProjectionFeatures = 256,
    [Bounds(1, 16384)] int HiddenFeatures = 2048, [Bounds(1, 16384)] int PredictorFeatures = 4096,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => SupportCheck.LongEnough(SupportLength, batchSize);
}

/// <summary>Settings of <see cref="KerasNnclr"/>. The defaults are the example's.</summary>
/// <param name="SupportLength">K, projections in the support set, the batch size or more; 10,000.</param>
/// <param name="ProjectionFeatures">D, numbers a projection, and the width of the head's hidden layer; 128.</param>
/// <param name="Temperature">τ, above 0; 0.1.</param>
public sealed record KerasNnclrOptions(
    [Bounds(1, 4_000_000)] int SupportLength = 10_000, [Bounds(1, 16384)] int ProjectionFeatures = 128,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => SupportCheck.LongEnough(SupportLength, batchSize);
}

/// <summary>What both forms ask of their support set.</summary>
internal static class SupportCheck
{
    internal static void LongEnough(int length, int batchSize)
    {
        if (length < batchSize)
            throw new OptionException("supportLength", length,
                $"smaller than the batch ({batchSize}), so one push would overwrite projections of its own batch",
                fix: $"set it to {batchSize} or more (--set method.supportLength={batchSize}), or lower training.batchSize");
    }
}
