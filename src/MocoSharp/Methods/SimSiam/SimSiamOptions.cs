using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.SimSiam;

/// <summary>Settings of <see cref="SimSiam"/>. The defaults are the paper's on ImageNet.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 2,048.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers; 0 stands for the encoder's features, as in the authors'
/// code.</param>
/// <param name="HiddenLayers">Hidden layers of the projector; 2, and 1 on CIFAR-10.</param>
/// <param name="PredictorFeatures">Width of the predictor's hidden layer, its bottleneck; 512.</param>
/// <param name="PredictorKeepsRate">The predictor keeps the learning rate's start value, as in the paper's better runs.</param>
public sealed record SimSiamOptions(
    [Bounds(1, 16384)] int ProjectionFeatures = 2048, [Bounds(0, 16384)] int HiddenFeatures = 0, [Bounds(0, 8)] int HiddenLayers = 2,
    [Bounds(1, 16384)] int PredictorFeatures = 512, bool PredictorKeepsRate = true) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
