using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.DeepInfoMax;

/// <summary>The three bounds as losses: how badly parts of pictures are told to belong to their whole.</summary>
/// <remarks>Hjelm et al. 2018, arXiv:1808.06670, eq. 2 to 5, as in rdevon/DIM at bac4765, functions/dim_losses.py. A score is a plain inner
/// product.</remarks>
public static class InformationLoss
{
    // the original's score for own entries among the negatives; ours for a sum that leaves them out
    private const double OwnAsNegative = -10, Excluded = -1e30;

    /// <summary>Minus the bound, the mean over the batch, in nats.</summary>
    /// <param name="parts">[N, L, U]: the L places of each picture, or its one map as a whole.</param>
    /// <param name="whole">[N, U]: the features of each picture.</param>
    /// <param name="bound">Which bound.</param>
    /// <returns>A scalar; <see cref="Chance"/> where all scores are 0.</returns>
    public static Tensor Of(Tensor parts, Tensor whole, InformationBound bound)
    {
        long n = parts.Size(0), places = parts.Size(1);
        Tensor scores = MatMul(whole, parts.Reshape(n * places, -1).T).View(n, n, places);       // [whole, part's picture, place]
        Tensor row = Tensor.Arange(n, device: parts.Device);
        Tensor own = row.Unsqueeze(0).EqualTo(row.Unsqueeze(1)).To(parts.DType).Unsqueeze(2);    // [N, N, 1]
        return bound switch
        {
            InformationBound.Jsd => Jsd(scores, own, n, places),
            InformationBound.InfoNce => Nce(scores, own, n, places),
            _ => Dv(scores, own, n, places),
        };
    }

    /// <summary>The loss when all scores are 0.</summary>
    /// <param name="bound">Which bound.</param>
    /// <param name="pictures">N.</param>
    /// <param name="places">L.</param>
    public static double Chance(InformationBound bound, int pictures, int places) =>
        bound == InformationBound.InfoNce ? Math.Log(1 + (pictures - 1.0) * places + places * Math.Exp(OwnAsNegative)) : 0;

    private static Tensor Jsd(Tensor scores, Tensor own, long n, long places)
    {
        Tensor positive = (Softplus(-scores) * own).Sum() / (n * places);
        Tensor negative = (Softplus(scores) * (1 - own)).Sum() / (n * (n - 1) * places);
        return positive + negative - 2 * Math.Log(2);
    }

    // every place of a picture has the same negatives: all places of the batch, the picture's own ones as if they scored −10
    private static Tensor Nce(Tensor scores, Tensor own, long n, long places)
    {
        Tensor positive = (scores * own).Sum(dim: 1);                                                                // [N, L]
        Tensor negatives = (scores * (1 - own) + own * OwnAsNegative).View(n, n * places).LogSumExp(dim: 1, keepDim: true);
        // −ln(e^p / (e^p + e^n))
        return Softplus(negatives - positive).Mean();
    }

    private static Tensor Dv(Tensor scores, Tensor own, long n, long places)
    {
        Tensor positive = (scores * own).Sum() / (n * places);
        Tensor others = (scores + own * Excluded).View(-1).LogSumExp(dim: 0);
        return others - Math.Log((double)n * (n - 1) * places) - positive;
    }
}
