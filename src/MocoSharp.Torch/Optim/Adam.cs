namespace MocoSharp.Torch.Optim;

/// <summary>Steps in the direction of the gradients' moving mean, each weight's by its own moving deviation. Decay adds λw to the
/// gradient.</summary>
/// <remarks>Kingma and Ba 2015, arXiv:1412.6980. As in PyTorch, ε is added to the root of the corrected second moment.</remarks>
public class Adam : Optimizer
{
    private readonly Tensor[] _means, _squares;
    private readonly double _beta1, _beta2, _epsilon;
    private readonly bool _decoupled;

    /// <summary>Makes one.</summary>
    /// <param name="groups">The weights, and λ of each group.</param>
    /// <param name="beta1">Decay of the mean, below 1.</param>
    /// <param name="beta2">Decay of the mean square, below 1.</param>
    /// <param name="epsilon">Added to the divisor.</param>
    public Adam(IEnumerable<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
        : this(groups, beta1, beta2, epsilon, decoupledDecay: false)
    {
    }

    private protected Adam(IEnumerable<ParameterGroup> groups, double beta1, double beta2, double epsilon, bool decoupledDecay)
        : base(Checked(groups, beta1, beta2, epsilon))
    {
        (_beta1, _beta2, _epsilon, _decoupled) = (beta1, beta2, epsilon, decoupledDecay);
        (_means, _squares) = (Moments("mean"), Moments("square"));
    }

    private static IEnumerable<ParameterGroup> Checked(IEnumerable<ParameterGroup> groups, double beta1, double beta2, double epsilon)
    {
        CheckShare(beta1);
        CheckShare(beta2);
        ArgumentOutOfRangeException.ThrowIfNegative(epsilon);
        return groups;
    }

    private protected override void Update(FlatStorage storage, int group, double rate) => Kernels.AdamStep(
        storage.Weights, storage.Gradients, _means[group], _squares[group], rate, _beta1, _beta2, _epsilon, storage.Group.WeightDecay,
        _decoupled, Updates + 1);
}
