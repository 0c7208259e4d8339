using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>The contrastive loss of all views of a batch among each other, without queue.</summary>
/// <remarks>A table of 2N × 2N numbers is built, and a second one for its softmax.</remarks>
public static class NtXent
{
    // far below any cosine / τ, so that e to its power is 0, and finite, so that 0 times it is 0
    private const double Never = -1e9;

    /// <summary>Find each row's other view among all other rows; the mean over the 2N rows.</summary>
    /// <param name="rows">[2N, D], rows of unit length: the first views, then the second views in the same order. Gradient flows to both
    /// sides.</param>
    /// <param name="temperature">τ, above 0, no unit.</param>
    /// <returns>A scalar in nats; ln(2N − 1) when all rows look alike.</returns>
    /// <remarks>Chen et al. 2020, arXiv:2002.05709, eq. 1. The authors' code sums over both views instead, which is twice this.</remarks>
    public static Tensor Loss(Tensor rows, double temperature)
    {
        long half = rows.Size(0) / 2;
        Tensor own = Tensor.Arange(half, device: rows.Device);
        return CrossEntropy(Logits(rows, temperature), Cat([own + half, own], dim: 0));
    }

    /// <summary>Find all rows of each row's group among all other rows; the mean over the 2N rows.</summary>
    /// <param name="rows">[2N, D], as above.</param>
    /// <param name="groups">[2N], whole numbers; each occurs twice or more.</param>
    /// <param name="temperature">τ, above 0, no unit.</param>
    /// <returns>A scalar in nats; ln(2N − 1) when all rows look alike.</returns>
    /// <remarks>Khosla et al. 2020, arXiv:2004.11362, eq. 2: the mean over a row's group is taken outside of the logarithm.</remarks>
    public static Tensor Loss(Tensor rows, Tensor groups, double temperature)
    {
        Tensor positives = groups.Unsqueeze(1).EqualTo(groups).To(rows.DType) - Itself(rows);                // [2N, 2N]: 1 or 0
        Tensor shares = positives / positives.Sum(dim: 1, keepDim: true);                                    // rows add up to 1
        return -(shares * Logits(rows, temperature).LogSoftmax(dim: 1)).Sum() / rows.Size(0);
    }

    /// <summary>[2N, 2N]: cosines / τ, and on the diagonal what no softmax takes.</summary>
    private static Tensor Logits(Tensor rows, double temperature) => MatMul(rows / temperature, rows.T) + Itself(rows) * Never;

    private static Tensor Itself(Tensor rows)
    {
        Tensor place = Tensor.Arange(rows.Size(0), device: rows.Device);
        return place.Unsqueeze(1).EqualTo(place).To(rows.DType);
    }
}
