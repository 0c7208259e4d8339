using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.Byol;

/// <summary>Settings of <see cref="Byol"/>. The defaults are the paper's for 1,000 epochs of ImageNet.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 256.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layer; 4,096.</param>
/// <param name="PredictorFeatures">Width of the predictor's hidden layer; 4,096.</param>
/// <param name="TargetMomentum">m at the start, 0 to 1; it rises to 1 over the training along half a cosine. 0.996 for 1,000 epochs, 0.99
/// for 100 and 300, 0.97 for 40.</param>
public sealed record ByolOptions(
    [Bounds(1, 16384)] int ProjectionFeatures = 256, [Bounds(1, 16384)] int HiddenFeatures = 4096,
    [Bounds(1, 16384)] int PredictorFeatures = 4096, [Bounds(0, 1)] double TargetMomentum = 0.996) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
