using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.MoCoV3;

/// <summary>Settings of <see cref="MoCoV3"/>. The defaults are the authors' for a ResNet-50 on ImageNet.</summary>
/// <param name="ProjectionFeatures">D, numbers a key; 256.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers; 4,096.</param>
/// <param name="HiddenLayers">Hidden layers of the projector; 1, and 2 with a vision transformer.</param>
/// <param name="PredictorFeatures">Width of the predictor's hidden layer; 4,096.</param>
/// <param name="PredictorNorm">Batch norm behind the predictor's last layer too: with a vision transformer.</param>
/// <param name="Temperature">τ, above 0; 1 with a ResNet-50, 0.2 with a vision transformer and on CIFAR-10.</param>
/// <param name="KeyMomentum">m at the start, 0 to 1; it rises to 1 over the training along half a cosine. 0.99, and 0.996 for 1,000
/// epochs.</param>
public sealed record MoCoV3Options(
    [Bounds(1, 16384)] int ProjectionFeatures = 256, [Bounds(1, 16384)] int HiddenFeatures = 4096, [Bounds(0, 8)] int HiddenLayers = 1,
    [Bounds(1, 16384)] int PredictorFeatures = 4096, bool PredictorNorm = false,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 1, [Bounds(0, 1)] double KeyMomentum = 0.99) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
