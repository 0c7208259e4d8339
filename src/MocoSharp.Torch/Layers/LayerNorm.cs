namespace MocoSharp.Torch.Layers;

/// <summary>Each row of the last dimension with mean 0 and variance 1, then a learned scale and shift; in fp32 or, where the input is, in
/// fp64.</summary>
/// <remarks>Ba et al. 2016, arXiv:1607.06450. ε 1e-5, as in PyTorch.</remarks>
public sealed class LayerNorm : Layer
{
    private readonly Tensor _weight, _bias;

    /// <summary>Makes one that scales by 1 and shifts by 0.</summary>
    /// <param name="features">Length of a row.</param>
    public LayerNorm(int features)
    {
        _weight = Parameter("weight", Tensor.Ones([features]));
        _bias = Parameter("bias", Tensor.Zeros([features]));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.LayerNorm(Functional.AtLeastFloat32(x), _weight, _bias);
}
