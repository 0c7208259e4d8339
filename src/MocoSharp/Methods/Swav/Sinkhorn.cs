using MocoSharp.Torch;

namespace MocoSharp.Methods.Swav;

/// <summary>Soft assignments of pictures to prototypes that use all prototypes alike.</summary>
/// <remarks>Cuturi 2013, arXiv:1306.0895; Caron et al. 2020, arXiv:2006.09882, eq. 3 to 5. Columns and rows are scaled in turn; the
/// original's factors 1/K and 1/N cancel. In logarithms, so that no exponential overflows.</remarks>
public static class Sinkhorn
{
    /// <summary>exp(scores / ε), its columns and then its rows divided by their sums, several times.</summary>
    /// <param name="scores">[N, K]: cosines of pictures and prototypes, fp32 or fp64.</param>
    /// <param name="smoothing">ε, above 0: the smaller, the nearer each row is to one prototype.</param>
    /// <param name="iterations">How many times.</param>
    /// <returns>[N, K]: a distribution a row; the columns' sums come near N / K with every iteration.</returns>
    public static Tensor Assign(Tensor scores, double smoothing, int iterations)
    {
        Tensor log = scores / smoothing;
        for (int i = 0; i < iterations; i++)
        {
            log -= log.LogSumExp(0, keepDim: true);         // each prototype gives as much
            log -= log.LogSumExp(1, keepDim: true);         // each picture gets 1
        }
        return log.Exp();
    }
}
