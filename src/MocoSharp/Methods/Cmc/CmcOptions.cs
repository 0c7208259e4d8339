using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.Cmc;

/// <summary>Settings of <see cref="Cmc"/>. The defaults are the authors' code's on ImageNet.</summary>
/// <param name="Features">D, numbers a view; 128 in the paper.</param>
/// <param name="Temperature">τ, above 0; 0.07, and 0.1 on STL-10.</param>
/// <param name="Negatives">K, rows of the other view's bank a picture, drawn evenly with replacement; 16,384 is the code's default, 4,096
/// what its README says.</param>
/// <param name="BankMomentum">m, 0 to below 1: the share of a remembered feature that stays; 0.5.</param>
/// <param name="Softmax">Pick the own row among K + 1 (the variant that the authors found better) instead of noise-contrastive
/// estimation.</param>
public sealed record CmcOptions(
    [Bounds(1, 16384)] int Features = 128, [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.07,
    [Bounds(1, 1_000_000)] int Negatives = 16384,
    [Bounds(0, 1, ExceptMost = true)] double BankMomentum = 0.5, bool Softmax = false) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => NoiseCheck.Countable(Negatives, batchSize);
}
