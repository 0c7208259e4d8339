namespace MocoSharp.Torch.Layers;

/// <summary>Each row of the last dimension with mean 0 and variance 1, then a learned scale and shift; in fp32 or, where the input is, in
/// fp64.</summary>
/// <remarks>Ba et al. 2016, arXiv:1607.06450. ε 1e-5, as in PyTorch, unless another one is given.</remarks>
public sealed class LayerNorm : Layer
{
    private readonly Tensor _weight, _bias;
    private readonly double _epsilon;

    /// <summary>Makes one that scales by 1 and shifts by 0.</summary>
    /// <param name="features">Length of a row.</param>
    /// <param name="epsilon">Added to the variance; 1e-6 in transformers and ConvNeXt.</param>
    public LayerNorm(int features, double epsilon = BatchNorm2d.Epsilon)
    {
        _epsilon = epsilon;
        _weight = Parameter("weight", Tensor.Ones([features]));
        _bias = Parameter("bias", Tensor.Zeros([features]));
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.LayerNorm(Functional.AtLeastFloat32(x), _weight, _bias, _epsilon);
}
