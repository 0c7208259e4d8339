using MocoSharp.Torch;

namespace MocoSharp.Methods.EmpSsl;

/// <summary>How many nats it takes to tell vectors apart up to a distortion: large where they spread over many directions.</summary>
/// <remarks>Ma et al. 2007; Yu et al. 2020, arXiv:2006.08558, eq. 1: ½ ln det(I + D / (N ε²) · Z Zᵀ). The matrix is N × N here; that of the
/// D × D products has the same determinant.</remarks>
public static class CodingRate
{
    /// <summary>The rate of each set of vectors.</summary>
    /// <param name="z">[V, N, D]: V sets of N vectors.</param>
    /// <param name="distortion">ε², above 0.</param>
    /// <returns>[V], in nats, 0 or more; ½ N ln(1 + D / (N ε²)) for orthogonal vectors of unit length.</returns>
    public static Tensor Of(Tensor z, double distortion)
    {
        long count = z.Size(1), dimensions = z.Size(2);
        Tensor scaled = z.MatMul(z.T) * (dimensions / (count * distortion));                                 // [V, N, N]
        return (scaled + Identity(count, z)).LogDeterminant() * 0.5;
    }

    private static Tensor Identity(long count, Tensor like)
    {
        Tensor place = Tensor.Arange(count, device: like.Device);
        return place.Unsqueeze(0).EqualTo(place.Unsqueeze(1)).To(like.DType);
    }
}
