using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.Blocks;

/// <summary>Noise-contrastive estimation with a partition constant: is a score the picture's own, or one of K drawn evenly from
/// n?</summary>
/// <remarks>Gutmann and Hyvärinen 2010; Wu et al. 2018, arXiv:1805.01978, section 3.2, eq. 4 to 8. Z is n times the mean of exp over the
/// first batch's scores, and a constant from then on; it is saved in fp64. The guard 1e-7 is the authors'.</remarks>
public sealed class NoiseContrast : Module
{
    private const double Guard = 1e-7, NotYet = -1;
    private readonly Tensor _constant;

    /// <summary>Makes one that does not know Z yet.</summary>
    public NoiseContrast() => _constant = Buffer("constant", Tensor.Full([], NotYet, DType.Float64));

    /// <summary>Z; null before the first batch.</summary>
    public double? Constant => _constant.ToDouble() is var value and > 0 ? value : null;

    /// <summary>The Z that these scores are taken with: the known one, or the one that they would make known.</summary>
    /// <param name="scores">[N, 1 + K], inner products over τ.</param>
    /// <param name="pictures">n.</param>
    public double ConstantFor(Tensor scores, int pictures)
    {
        if (Constant is { } known) return known;
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        return pictures * Peers.Mean(scores.Detach().To(DType.Float64).Exp().Mean()).ToDouble();
    }

    /// <summary>Keeps the first Z that it is told.</summary>
    public void KeepFirst(double constant)
    {
        if (Constant is null) _constant.FillInPlace(constant);
    }

    /// <summary>−ln P(own | its score) − Σ ln P(noise | its score), the mean over the batch, in nats.</summary>
    /// <param name="scores">[N, 1 + K], inner products over τ; the own one first.</param>
    /// <param name="constant">Z, above 0.</param>
    /// <param name="pictures">n.</param>
    /// <returns>A scalar; <see cref="Chance"/> when every score is the mean one.</returns>
    public static Tensor Loss(Tensor scores, double constant, int pictures)
    {
        long negatives = scores.Size(1) - 1;
        double noise = (double)negatives / pictures;                                          // K · Pn
        // −ln(p / (p + K Pn + ε)), p = exp(score) / Z
        Tensor own = ((-scores.Narrow(1, 0, 1)).Exp() * (constant * (noise + Guard))).Log1p();
        // −ln(K Pn / (p + K Pn + ε)): small, so not as a difference
        Tensor others = ((scores.Narrow(1, 1, negatives).Exp() / constant + Guard) / noise).Log1p();
        return (own.Sum() + others.Sum()) / scores.Size(0);
    }

    /// <summary>The loss when nothing is told apart: ln(K + 1) + K · ln((K + 1) / K).</summary>
    /// <param name="negatives">K, 1 or more.</param>
    public static double Chance(int negatives) => Math.Log(negatives + 1) + negatives * Math.Log(1 + 1.0 / negatives);
}
