namespace MocoSharp.Torch.Optim;

/// <summary>Layer-wise adaptive rates: each weight matrix moves by a share of its own length.</summary>
/// <remarks>You et al. 2017, arXiv:1708.03888, as MoCo v3 uses it: for tensors of two or more dimensions g ← g + λw, then g ← g · trust ·
/// ‖w‖ / ‖g‖ (1 where either length is 0); v ← μv + g; w ← w − ηv. Tensors of one dimension (norms, biases) get neither decay nor
/// scaling.</remarks>
public sealed class Lars : Optimizer
{
    private readonly Tensor[] _velocities;
    private readonly double _momentum, _trust;

    /// <summary>Makes one.</summary>
    /// <param name="groups">The weights, and λ of each group.</param>
    /// <param name="momentum">μ.</param>
    /// <param name="trustCoefficient">The share, above 0.</param>
    public Lars(IEnumerable<ParameterGroup> groups, double momentum = 0.9, double trustCoefficient = 0.001)
        : base(Checked(groups, momentum, trustCoefficient))
    {
        (_momentum, _trust) = (momentum, trustCoefficient);
        _velocities = Moments("velocity");
    }

    private static IEnumerable<ParameterGroup> Checked(IEnumerable<ParameterGroup> groups, double momentum, double trustCoefficient)
    {
        CheckShare(momentum);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trustCoefficient);
        return groups;
    }

    private protected override void Update(FlatStorage storage, int group, double rate)
    {
        foreach ((Tensor weight, Tensor gradient) in storage.PartsOf(storage.Weights).Zip(storage.PartsOf(storage.Gradients)))
        {
            if (weight.Rank <= 1) continue;
            if (storage.Group.WeightDecay != 0) gradient.AddInPlace(weight, storage.Group.WeightDecay);
            double length = weight.Norm().ToDouble(), slope = gradient.Norm().ToDouble();
            if (length > 0 && slope > 0) gradient.MulInPlace(_trust * length / slope);
        }
        Tensor velocity = _velocities[group];
        velocity.MulInPlace(_momentum).AddInPlace(storage.Gradients);
        storage.Weights.AddInPlace(velocity, -rate);
        storage.Gradients.ZeroInPlace();
    }
}
