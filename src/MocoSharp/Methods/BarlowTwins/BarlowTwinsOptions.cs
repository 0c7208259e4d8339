using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.BarlowTwins;

/// <summary>Settings of <see cref="BarlowTwins"/>. The defaults are the paper's.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 8,192. The loss builds a table of D × D numbers.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers; 8,192. 0 stands for the encoder's features.</param>
/// <param name="HiddenLayers">Hidden layers of the projector; 2.</param>
/// <param name="RedundancyWeight">λ, the weight of the correlations between different numbers; 0.0051.</param>
/// <param name="LossScale">Factor of the whole loss, above 0; 1.</param>
public sealed record BarlowTwinsOptions(
    [Bounds(2, 16384)] int ProjectionFeatures = 8192, [Bounds(0, 16384)] int HiddenFeatures = 8192, [Bounds(0, 8)] int HiddenLayers = 2,
    [Bounds(0, 1000)] double RedundancyWeight = 0.0051, [Bounds(0, 1000, ExceptLeast = true)] double LossScale = 1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
