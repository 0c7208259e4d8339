using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Amdim;

/// <summary>How well one vector a picture tells the picture's places, in another view and at another scale, from those of all other
/// pictures.</summary>
/// <remarks>Bachman et al. 2019, arXiv:1906.00910, section 3.5 and eq. 3, as in Philip-Bachman/amdim-public at 8754ae1, costs.py. Other
/// places of the own picture are not negatives.</remarks>
public static class ScaleScore
{
    private const double Excluded = -1e30;

    /// <summary>−ln of the own place's share, the mean over pictures and places, and the mean squared score before it is clipped.</summary>
    /// <param name="source">[N, D].</param>
    /// <param name="target">[N, L, D]; where it is bf16, so are the products, as the original's are fp16.</param>
    /// <param name="clip">c: scores are c · tanh(u / c), with u = ⟨source, target⟩ / √D.</param>
    /// <returns>Two scalars; the loss is <see cref="Chance"/> in nats where all scores are equal.</returns>
    public static (Tensor Loss, Tensor Square) Of(Tensor source, Tensor target, double clip)
    {
        long n = target.Size(0), places = target.Size(1);
        // folded into the source: the N · N · L scores are passed over as seldom as can be
        double scale = Math.Sqrt(source.Size(1)) * clip;
        // [source, target's picture and place], in units of c
        Tensor raw = AtLeastFloat32(MatMul((source / scale).To(target.DType), target.Reshape(n * places, -1).T));
        Tensor row = Tensor.Arange(n, device: source.Device);
        Tensor own = row.Unsqueeze(0).EqualTo(row.Unsqueeze(1)).To(raw.DType).Unsqueeze(2);         // [N, N, 1]
        Tensor positive = Tanh((AtLeastFloat32(source).Unsqueeze(1) * AtLeastFloat32(target)).Sum(dim: 2) / scale) * clip;        // [N, L]
        Tensor others = (Tanh(raw) * clip).View(n, n, places) + own * Excluded;
        Tensor negatives = others.View(n, n * places).LogSumExp(dim: 1, keepDim: true);             // [N, 1], shared by the places
        return (Softplus(negatives - positive).Mean(), raw.Pow(2).Mean() * (clip * clip));
    }

    /// <summary>ln(1 + (N − 1) L).</summary>
    /// <param name="pictures">N.</param>
    /// <param name="places">L.</param>
    public static double Chance(int pictures, int places) => Math.Log(1 + (pictures - 1.0) * places);
}
