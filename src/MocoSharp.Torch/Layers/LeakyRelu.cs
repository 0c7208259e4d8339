using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch.Layers;

/// <summary>x where it is positive, a share of it elsewhere.</summary>
/// <param name="slope">The share, 0 to 1.</param>
public sealed class LeakyRelu(double slope = 0.2) : Layer
{
    private static readonly Op s_leakyRelu = new("aten::leaky_relu");

    /// <summary>The same as a function.</summary>
    public static Tensor Of(Tensor x, double slope = 0.2) => s_leakyRelu.Call(x, slope);

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Of(x, slope);
}
