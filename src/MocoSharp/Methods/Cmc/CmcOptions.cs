namespace MocoSharp.Methods.Cmc;

/// <summary>Settings of <see cref="Cmc"/>. The defaults are the authors' code's on ImageNet.</summary>
/// <param name="Features">D, numbers a view; 128 in the paper.</param>
/// <param name="Temperature">τ, above 0; 0.07, and 0.1 on STL-10.</param>
/// <param name="Negatives">K, rows of the other view's bank a picture, drawn evenly with replacement; 16,384 is the code's default, 4,096 what its README says.</param>
/// <param name="BankMomentum">m, 0 to below 1: the share of a remembered feature that stays; 0.5.</param>
/// <param name="Softmax">Pick the own row among K + 1 (the variant that the authors found better) instead of noise-contrastive estimation.</param>
public sealed record CmcOptions(int Features = 128, double Temperature = 0.07, int Negatives = 16384, double BankMomentum = 0.5, bool Softmax = false) : MethodOptions
{
    internal CmcOptions Checked()
    {
        OptionException.Require(Features >= 1, nameof(Features), Features, "1 or more");
        OptionException.Require(Temperature > 0, nameof(Temperature), Temperature, "a number above 0");
        OptionException.Require(Negatives >= 1, nameof(Negatives), Negatives, "1 or more");
        OptionException.Require(BankMomentum is >= 0 and < 1, nameof(BankMomentum), BankMomentum, "a number from 0 to below 1");
        return this;
    }
}
