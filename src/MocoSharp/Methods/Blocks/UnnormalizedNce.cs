using MocoSharp.Torch;

namespace MocoSharp.Methods.Blocks;

/// <summary>Noise-contrastive estimation whose scores are taken as they are, without a partition constant.</summary>
public static class UnnormalizedNce
{
    private const double Epsilon = 1e-7;

    /// <summary>Tell each row's positive from its noise samples: −Σ ln of the posteriors, the mean over the rows.</summary>
    /// <param name="positive">[N]: scores exp(cos / τ) of what belongs together.</param>
    /// <param name="negative">[N, K]: scores of noise.</param>
    /// <param name="noise">q: noise samples a positive, so a sample is noise with the odds q / (q + 1).</param>
    /// <returns>A scalar in nats; for scores of 1 and q = K = 50, 35.838.</returns>
    /// <remarks>Gutmann and Hyvärinen 2010 with Z = 1, as momentum CMC for terrain maps has it
    /// (github.com/tpapp157/Contrastive_Multiview_Coding-Momentum); its clip of each term at 1e10 is left out: with scores up to e^(1 /
    /// 0.07) a term cannot exceed 16 a sample.</remarks>
    public static Tensor Loss(Tensor positive, Tensor negative, double noise)
    {
        double odds = noise / (noise + 1);
        Tensor real = (positive / (positive + (odds + Epsilon)) + Epsilon).Log();                    // [N]
        Tensor fake = ((negative + (odds + Epsilon)).Pow(-1) * odds + Epsilon).Log().Sum(dim: 1);            // [N]
        return -(real + fake).Mean();
    }
}
