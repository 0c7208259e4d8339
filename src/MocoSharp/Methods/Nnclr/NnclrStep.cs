using MocoSharp.Torch;

namespace MocoSharp.Methods.Nnclr;

/// <summary>A step whose projections enter the support set together with their labels.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Projections">[N, D], fp32, constants.</param>
/// <param name="Labels">[N]: classes, −1 where unknown.</param>
/// <param name="Measures">The batch's own numbers by name.</param>
public sealed record NnclrStep(Tensor Loss, Tensor Projections, IReadOnlyList<int> Labels, IReadOnlyDictionary<string, double> Measures)
    : StepResult(Loss, Measures)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Projections];
}
