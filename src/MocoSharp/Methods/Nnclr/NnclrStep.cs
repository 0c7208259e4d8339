using MocoSharp.Torch;

namespace MocoSharp.Methods.Nnclr;

/// <summary>A step whose projections enter the support set together with their labels.</summary>
/// <param name="Loss">To be minimized.</param>
/// <param name="Projections">[N, D], constants.</param>
/// <param name="Labels">[N]: classes, −1 where unknown.</param>
/// <param name="Numbers">The batch's measures by name.</param>
internal sealed record NnclrStep(Tensor Loss, Tensor Projections, IReadOnlyList<int> Labels, IReadOnlyDictionary<string, double> Numbers) : StepResult(Loss, Projections, Numbers);
