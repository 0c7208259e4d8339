using MocoSharp.Methods.Blocks;

namespace MocoSharp.Methods.Npid;

/// <summary>Settings of <see cref="Npid"/>. The defaults are the paper's on ImageNet.</summary>
/// <param name="Features">D, numbers a picture; 128 in the paper.</param>
/// <param name="Temperature">τ, above 0; 0.07 on ImageNet, 0.1 in the authors' CIFAR-10 run.</param>
/// <param name="Negatives">K, noise samples a picture, drawn evenly from the bank with replacement; 4,096 in the paper. 0: the full softmax
/// over all pictures.</param>
/// <param name="BankMomentum">m, 0 to 1: the share of a remembered feature that stays. 0 in the paper; 0.5 in the authors' code.</param>
/// <param name="Proximal">λ, 0 or more: weight of the squared distance to the remembered feature. 30 in the paper; the authors' code has
/// none.</param>
public sealed record NpidOptions(
    [Bounds(1, 16384)] int Features = 128, [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.07,
    [Bounds(0, 1_000_000)] int Negatives = 4096,
    [Bounds(0, 1, ExceptMost = true)] double BankMomentum = 0, [Bounds(0, 1000)] double Proximal = 30) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize) => NoiseCheck.Countable(Negatives, batchSize);
}
