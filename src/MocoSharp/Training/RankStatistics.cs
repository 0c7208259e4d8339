using MocoSharp.Methods;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Training;

/// <summary>What each rank has of its own, made one before it is tested or saved: the running statistics of batch norm.</summary>
internal static class RankStatistics
{
    /// <summary>Gives all ranks the means over the ranks. Running statistics move linearly, so the training goes on as one process with a
    /// split for each rank would.</summary>
    internal static void Share(Method method)
    {
        if (method.Peers.Count == 1) return;
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor[] own = [.. method.Modules().Select(static module => module.Value).OfType<BatchNorm2d>()
            .SelectMany(static norm => norm.RunningStatistics)];
        if (own.Length == 0) return;
        Tensor mean = method.Peers.Mean(Tensor.Cat(own));
        long place = 0;
        foreach (Tensor statistic in own)
        {
            statistic.CopyFrom(mean.Narrow(0, place, statistic.ElementCount));
            place += statistic.ElementCount;
        }
    }
}
