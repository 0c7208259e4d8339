using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>How far a network is from giving the same for every picture, the collapse that some losses reward.</summary>
/// <remarks>Chen and He 2021, arXiv:2011.10566, section 4.1, times √D.</remarks>
internal static class OutputSpread
{
    /// <summary>√D times the mean standard deviation of a number of the normalized outputs, under <c>spread</c>: near 1 where they point
    /// everywhere, 0 where all are the same.</summary>
    /// <param name="outputs">[N, D], of any length.</param>
    /// <param name="peers">The ranks that have the others' outputs; null for none.</param>
    internal static Dictionary<string, double> Of(Tensor outputs, Peers? peers = null)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor deviation = Normalize((peers ?? Peers.Alone).Gather(outputs.Detach())).Variance([0], unbiased: false).Sqrt();
        return new() { ["spread"] = deviation.Mean().ToDouble() * Math.Sqrt(outputs.Size(1)) };
    }
}
