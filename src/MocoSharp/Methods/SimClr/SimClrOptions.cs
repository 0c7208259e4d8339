using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.SimClr;

/// <summary>Settings of <see cref="SimClr"/>. The defaults are the paper's on ImageNet.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 128.</param>
/// <param name="HiddenFeatures">Width of the head's hidden layers; 0 stands for the encoder's features, as in the paper.</param>
/// <param name="HiddenLayers">Hidden layers of the head; 1, and 2 in SimCLR v2.</param>
/// <param name="HeadNorm">Batch norm behind every layer of the head, as in the authors' code; the paper's text has none.</param>
/// <param name="Temperature">τ, above 0; 0.1 on ImageNet, 0.5 on CIFAR-10.</param>
public sealed record SimClrOptions(
    [Bounds(1, 16384)] int ProjectionFeatures = 128, [Bounds(0, 16384)] int HiddenFeatures = 0, [Bounds(0, 8)] int HiddenLayers = 1,
    bool HeadNorm = false, [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
