using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Schedules;

namespace MocoSharp.Methods.Blocks;

/// <summary>Ties a network to one that follows it as a moving average: θk ← m·θk + (1 − m)·θq.</summary>
/// <remarks>He et al. 2020, arXiv:1911.05722, eq. 2. Parameters only: each network keeps its own running statistics of batch norm.
/// In fp32: at m = 0.999 a step is below bf16's resolution. The follower has no gradient.</remarks>
public sealed class MomentumPair
{
    private readonly (Tensor Leader, Tensor Follower)[] _pairs;

    /// <summary>Makes <paramref name="follower"/> start as <paramref name="leader"/>.</summary>
    public MomentumPair(Module leader, Module follower)
    {
        _pairs = [.. leader.Parameters().Zip(follower.Parameters(), static (q, k) => (q.Value, k.Value))];
        foreach ((_, Tensor to) in _pairs) to.RequiresGrad = false;
        Restart();
    }

    /// <summary>Makes the follower equal to the leader.</summary>
    public void Restart()
    {
        using GradMode off = GradMode.Off();
        foreach ((Tensor from, Tensor to) in _pairs) to.CopyFrom(from);
    }

    /// <summary>One step towards the leader.</summary>
    /// <param name="momentum">m, 0 to 1: the share of the follower that stays.</param>
    public void Update(double momentum)
    {
        using GradMode off = GradMode.Off();
        foreach ((Tensor leader, Tensor follower) in _pairs) Kernels.MoveTowards(follower, leader, momentum);
    }

    /// <summary>One step towards the leader, with a momentum that rises to 1 over the training along half a cosine.</summary>
    /// <param name="start">m at first, 0 to 1.</param>
    /// <param name="clock">Where the training stands.</param>
    /// <remarks>1 − (1 − m) · (1 + cos(π · done)) / 2: Grill et al. 2020, arXiv:2006.07733, section 3.3.</remarks>
    public void Update(double start, TrainingClock clock) => Update(new CosineSchedule(start, clock.Epochs, End: 1).At(clock.Time));
}
