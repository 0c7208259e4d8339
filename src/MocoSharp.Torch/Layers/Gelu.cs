namespace MocoSharp.Torch.Layers;

/// <summary>x · Φ(x), where Φ is the distribution function of the normal distribution.</summary>
/// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415.</remarks>
public sealed class Gelu : Layer
{
    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Functional.Gelu(x);
}
