namespace MocoSharp.Torch.Optim;

/// <summary>Stochastic gradient descent: g ← g + λw; v ← μv + g; w ← w − ηv, or w ← w − η(g + μv) with Nesterov.</summary>
/// <remarks>As PyTorch's SGD: the first v is g itself; Nesterov in the form of Sutskever et al. 2013.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly Tensor[]? _velocities;
    private readonly double _momentum;
    private readonly bool _nesterov;

    /// <summary>Makes one.</summary>
    /// <param name="groups">The weights, and λ of each group.</param>
    /// <param name="momentum">μ, 0 up to but not 1.</param>
    /// <param name="nesterov">Look ahead by one velocity; needs momentum.</param>
    public Sgd(IEnumerable<ParameterGroup> groups, double momentum = 0, bool nesterov = false)
        : base(Checked(groups, momentum, nesterov))
    {
        (_momentum, _nesterov) = (momentum, nesterov);
        if (momentum > 0) _velocities = Moments("velocity");
    }

    private static IEnumerable<ParameterGroup> Checked(IEnumerable<ParameterGroup> groups, double momentum, bool nesterov)
    {
        CheckShare(momentum);
        if (nesterov && momentum == 0) throw new ArgumentException("Nesterov's form needs a momentum above 0", nameof(nesterov));
        return groups;
    }

    private protected override void Update(FlatStorage storage, int group, double rate)
    {
        double decay = storage.Group.WeightDecay;
        if (_velocities is not null)
        {
            Kernels.SgdStep(storage.Weights, storage.Gradients, _velocities[group], rate, _momentum, decay, _nesterov);
            return;
        }
        if (decay != 0) storage.Gradients.AddInPlace(storage.Weights, decay);
        storage.Weights.AddInPlace(storage.Gradients, -rate);
        storage.Gradients.ZeroInPlace();
    }
}
