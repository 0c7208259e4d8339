namespace MocoSharp.Torch.Optim;

/// <summary>Adam whose decay goes past the moving averages: w is multiplied by 1 − ηλ.</summary>
/// <remarks>Loshchilov and Hutter 2019, arXiv:1711.05101. PyTorch's default λ is 0.01; here it is the groups'.</remarks>
/// <param name="groups">The weights, and λ of each group.</param>
/// <param name="beta1">Decay of the mean, below 1.</param>
/// <param name="beta2">Decay of the mean square, below 1.</param>
/// <param name="epsilon">Added to the divisor.</param>
public sealed class AdamW(IEnumerable<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    : Adam(groups, beta1, beta2, epsilon, decoupledDecay: true);
