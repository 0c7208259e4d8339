using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.SupCon;

/// <summary>Settings of <see cref="SupCon"/>. The defaults are the authors' code's.</summary>
/// <param name="ProjectionFeatures">D, numbers a projection; 128.</param>
/// <param name="HiddenFeatures">Width of the head's hidden layer; 0 stands for the encoder's features.</param>
/// <param name="Temperature">τ, above 0; 0.1.</param>
public sealed record SupConOptions(
    [Bounds(1, 16384)] int ProjectionFeatures = 128, [Bounds(0, 16384)] int HiddenFeatures = 0,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => BatchCheck.TwoOrMore(batchSize);
}
