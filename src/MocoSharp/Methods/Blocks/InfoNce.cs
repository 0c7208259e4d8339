using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>The contrastive loss of queries, their keys and a queue.</summary>
public static class InfoNce
{
    /// <summary>Tell each query's own key from K others; the mean over the batch.</summary>
    /// <param name="query">[N, D], rows of unit length.</param>
    /// <param name="key">[N, D], rows of unit length; row i belongs to query i. No gradient flows to it.</param>
    /// <param name="negatives">[K, D], rows of unit length, shared by all queries.</param>
    /// <param name="temperature">τ, above 0, no unit; 0.07 in MoCo v1, 0.2 in v2.</param>
    /// <returns>A scalar in nats; ln(1 + K) when all keys look alike.</returns>
    /// <remarks>van den Oord et al. 2018, arXiv:1807.03748, eq. 4; as used in arXiv:1911.05722, eq. 1. −ln(e⁺ / (e⁺ + Σ e⁻)) is written as
    /// ln(1 + e^(ln Σ e⁻ − positive)): the only table of N × K numbers that stays for the backward pass is the product itself. The forward
    /// pass needs a second one for a moment, the backward pass two.</remarks>
    public static Tensor Loss(Tensor query, Tensor key, Tensor negatives, double temperature)
    {
        Tensor warm = query / temperature;                                           // [N, D]: fewer numbers to divide than the products
        Tensor positive = (warm * key).Sum(dim: 1);                                  // [N]
        Tensor negative = MatMul(warm, negatives.T).LogSumExp(dim: 1);               // [N]
        return Softplus(negative - positive).Mean();
    }
}
