namespace MocoSharp.Methods.Npid;

/// <summary>Settings of <see cref="Npid"/>. The defaults are the paper's on ImageNet.</summary>
/// <param name="Features">D, numbers a picture; 128 in the paper.</param>
/// <param name="Temperature">τ, above 0; 0.07 on ImageNet, 0.1 in the authors' CIFAR-10 run.</param>
/// <param name="Negatives">K, noise samples a picture, drawn evenly from the bank with replacement; 4,096 in the paper. 0: the full softmax over all pictures.</param>
/// <param name="BankMomentum">m, 0 to 1: the share of a remembered feature that stays. 0 in the paper; 0.5 in the authors' code.</param>
/// <param name="Proximal">λ, 0 or more: weight of the squared distance to the remembered feature. 30 in the paper; the authors' code has none.</param>
public sealed record NpidOptions(int Features = 128, double Temperature = 0.07, int Negatives = 4096, double BankMomentum = 0, double Proximal = 30) : MethodOptions
{
    internal NpidOptions Checked()
    {
        OptionException.Require(Features >= 1, nameof(Features), Features, "1 or more");
        OptionException.Require(Temperature > 0, nameof(Temperature), Temperature, "a number above 0");
        OptionException.Require(Negatives >= 0, nameof(Negatives), Negatives, "0 (full softmax) or more");
        OptionException.Require(BankMomentum is >= 0 and < 1, nameof(BankMomentum), BankMomentum, "a number from 0 to below 1");
        OptionException.Require(Proximal >= 0, nameof(Proximal), Proximal, "0 or more");
        return this;
    }
}
