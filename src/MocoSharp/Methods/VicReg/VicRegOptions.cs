using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.VicReg;

/// <summary>Settings of <see cref="VicReg"/>. The defaults are the paper's.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 8,192. The loss builds two tables of D × D numbers.</param>
/// <param name="HiddenFeatures">Width of the projector's hidden layers; 8,192. 0 stands for the encoder's features.</param>
/// <param name="HiddenLayers">Hidden layers of the projector; 2.</param>
/// <param name="InvarianceWeight">Factor of the distance between both views; 25.</param>
/// <param name="VarianceWeight">Factor of what is missing to a deviation of 1; 25.</param>
/// <param name="CovarianceWeight">Factor of the squared covariances of different numbers; 1.</param>
public sealed record VicRegOptions(
    [Bounds(2, 16384)] int ProjectionFeatures = 8192, [Bounds(0, 16384)] int HiddenFeatures = 8192, [Bounds(0, 8)] int HiddenLayers = 2,
    [Bounds(0, 1_000_000)] double InvarianceWeight = 25, [Bounds(0, 1_000_000)] double VarianceWeight = 25,
    [Bounds(0, 1_000_000)] double CovarianceWeight = 1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
