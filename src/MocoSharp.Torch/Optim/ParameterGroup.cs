namespace MocoSharp.Torch.Optim;

/// <summary>Parameters that share settings and lie in one piece of memory.</summary>
/// <param name="Name">Its name in checkpoints: <c>decayed</c>, <c>undecayed</c>.</param>
/// <param name="Parameters">The parameters with their full names.</param>
/// <param name="WeightDecay">λ, 0 or more.</param>
/// <param name="RateScale">What the schedule's learning rate is multiplied by.</param>
/// <param name="KeepsRate">Whether the learning rate stays at the schedule's start value.</param>
public sealed record ParameterGroup(string Name, IReadOnlyList<(string Name, Tensor Value)> Parameters, double WeightDecay = 0,
    double RateScale = 1, bool KeepsRate = false)
{
    /// <summary>One group, or two when norms' scales and all biases (tensors of one dimension), and transformers' tokens and positions
    /// ([1, T, D]), are to stay undecayed.</summary>
    /// <param name="parameters">Those that are trained; the ones without gradient are left out.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="decayNormsAndBiases">MoCo decays everything; LARS recipes spare them.</param>
    /// <param name="keepsRate">Which parameters, by name, keep the schedule's start value: they become groups of their own. Null for
    /// none.</param>
    public static IReadOnlyList<ParameterGroup> Of(IEnumerable<(string Name, Tensor Value)> parameters, double weightDecay,
        bool decayNormsAndBiases, Func<string, bool>? keepsRate = null)
    {
        if (keepsRate is not null)
        {
            ILookup<bool, (string Name, Tensor Value)> parts = parameters.ToLookup(parameter => keepsRate(parameter.Name));
            return [.. Of(parts[false], weightDecay, decayNormsAndBiases), .. Of(parts[true], weightDecay, decayNormsAndBiases)
                .Select(static group => group with { Name = $"{group.Name}.kept", KeepsRate = true })];
        }
        List<(string Name, Tensor Value)> trained = [.. parameters.Where(static p => p.Value.RequiresGrad)];
        if (trained.Count == 0) return [];
        if (decayNormsAndBiases) return [new("decayed", trained, weightDecay)];
        ParameterGroup[] groups =
        [
            new("decayed", [.. trained.Where(static p => IsWeight(p.Value))], weightDecay),
            new("undecayed", [.. trained.Where(static p => !IsWeight(p.Value))], 0),
        ];
        return [.. groups.Where(static group => group.Parameters.Count > 0)];
    }

    private static bool IsWeight(Tensor value) => value.Rank > 1 && !(value.Rank == 3 && value.Size(0) == 1);
}
