using MocoSharp.Torch;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Recipes;

/// <summary>How weights move; a recipe names one of the records derived from this.</summary>
/// <param name="WeightDecay">λ, 0 or more.</param>
/// <param name="DecayNormsAndBiases">Whether λ holds for batch norm's parameters and for biases too.</param>
public abstract record OptimizerSettings([Bounds(0, 100)] double WeightDecay, bool DecayNormsAndBiases)
{
    /// <summary>Builds it over a method's parameters.</summary>
    /// <param name="parameters">With their names.</param>
    /// <param name="keepsRate">Which of them, by name, keep the learning rate's start value; null for none.</param>
    public Optimizer Create(IEnumerable<(string Name, Tensor Value)> parameters, Func<string, bool>? keepsRate = null)
    {
        _ = this.InBounds();
        return Create(ParameterGroup.Of(parameters, WeightDecay, DecayNormsAndBiases, keepsRate));
    }

    private protected abstract Optimizer Create(IReadOnlyList<ParameterGroup> groups);
}

/// <summary>Stochastic gradient descent.</summary>
/// <param name="Momentum">μ.</param>
/// <param name="Nesterov">Sutskever's form.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="DecayNormsAndBiases">MoCo's code decays everything.</param>
public sealed record SgdSettings(
    [Bounds(0, 1, ExceptMost = true)] double Momentum = 0.9, bool Nesterov = false, [Bounds(0, 100)] double WeightDecay = 1e-4,
    bool DecayNormsAndBiases = true)
    : OptimizerSettings(WeightDecay, DecayNormsAndBiases)
{
    private protected override Optimizer Create(IReadOnlyList<ParameterGroup> groups) => new Sgd(groups, Momentum, Nesterov);
}

/// <summary>Adam; λ is part of the gradient.</summary>
/// <param name="Beta1">Decay of the mean.</param>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Epsilon">Added to the divisor.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="DecayNormsAndBiases">Whether λ holds for all.</param>
public sealed record AdamSettings(
    [Bounds(0, 1, ExceptMost = true)] double Beta1 = 0.9, [Bounds(0, 1, ExceptMost = true)] double Beta2 = 0.999,
    [Bounds(0, 1, ExceptLeast = true)] double Epsilon = 1e-8,
    [Bounds(0, 100)] double WeightDecay = 0, bool DecayNormsAndBiases = true)
    : OptimizerSettings(WeightDecay, DecayNormsAndBiases)
{
    private protected override Optimizer Create(IReadOnlyList<ParameterGroup> groups) => new Adam(groups, Beta1, Beta2, Epsilon);
}

/// <summary>Adam whose decay acts on the weights themselves.</summary>
/// <param name="Beta1">Decay of the mean.</param>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Epsilon">Added to the divisor.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="DecayNormsAndBiases">Whether λ holds for all.</param>
public sealed record AdamWSettings(
    [Bounds(0, 1, ExceptMost = true)] double Beta1 = 0.9, [Bounds(0, 1, ExceptMost = true)] double Beta2 = 0.999,
    [Bounds(0, 1, ExceptLeast = true)] double Epsilon = 1e-8,
    [Bounds(0, 100)] double WeightDecay = 0.01, bool DecayNormsAndBiases = true)
    : OptimizerSettings(WeightDecay, DecayNormsAndBiases)
{
    private protected override Optimizer Create(IReadOnlyList<ParameterGroup> groups) => new AdamW(groups, Beta1, Beta2, Epsilon);
}

/// <summary>Layer-wise adaptive rates.</summary>
/// <param name="Momentum">μ.</param>
/// <param name="TrustCoefficient">The share of its own length that a weight matrix moves by.</param>
/// <param name="WeightDecay">λ; tensors of one dimension have none.</param>
/// <param name="NormsAndBiasesRate">What the learning rate is multiplied by for tensors of one dimension; 0.024 in Barlow Twins.</param>
public sealed record LarsSettings(
    [Bounds(0, 1, ExceptMost = true)] double Momentum = 0.9, [Bounds(0, 1000, ExceptLeast = true)] double TrustCoefficient = 0.001,
    [Bounds(0, 100)] double WeightDecay = 1e-6, [Bounds(0, 1000, ExceptLeast = true)] double NormsAndBiasesRate = 1)
    : OptimizerSettings(WeightDecay, DecayNormsAndBiases: false)
{
    private protected override Optimizer Create(IReadOnlyList<ParameterGroup> groups) => new Lars(
        groups.Select(group => group.Parameters[0].Value.Rank > 1 ? group : group with { RateScale = NormsAndBiasesRate }), Momentum,
        TrustCoefficient);
}
