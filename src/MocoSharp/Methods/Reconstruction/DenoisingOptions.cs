namespace MocoSharp.Methods.Reconstruction;

/// <summary>Settings of <see cref="Denoising"/>.</summary>
/// <param name="Masked">ν, 0 to 1: the share of a picture's numbers that become 0, which is the mean color of normalized views; 0.25. Best
/// in the paper are 0.1, 0.25 or 0.4, by data set.</param>
/// <param name="Sigma">The deviation of Gaussian noise that is added besides, where 1 is that of normalized views; 0.</param>
/// <param name="AdversarialWeight">λ, 0 to 1: the share of the loss that comes from an adversary who tells restored pictures from real
/// ones; 0 leaves it out.</param>
/// <param name="CriticRate">The learning rate of the adversary's own Adam; 2e-4.</param>
public sealed record DenoisingOptions(
    [Bounds(0, 1, ExceptMost = true)] double Masked = 0.25, [Bounds(0, 100)] double Sigma = 0,
    [Bounds(0, 1, ExceptMost = true)] double AdversarialWeight = 0, [Bounds(0, 1, ExceptLeast = true)] double CriticRate = 2e-4)
    : MethodOptions
{
    internal DenoisingOptions Checked()
    {
        OptionException.Require(Masked + Sigma > 0, nameof(Masked), Masked,
            "a share above 0 where sigma is 0: something has to be restored");
        return this.InBounds();
    }
}
