using MocoSharp.Torch;

namespace MocoSharp.Methods;

/// <summary>What a method makes of a batch. A method that hands more from step to state derives its own.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Measures">The batch's own numbers by name, such as accuracies; the trainer takes their mean over each epoch.</param>
public record StepResult(Tensor Loss, IReadOnlyDictionary<string, double>? Measures = null)
{
    /// <summary>What is still needed behind the step; its other tensors are let go before the backward pass.</summary>
    public virtual IEnumerable<Tensor> Tensors => [Loss];
}

/// <summary>A step whose keys enter a queue.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Keys">[N, D], fp32, constants.</param>
public sealed record KeyStep(Tensor Loss, Tensor Keys) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Keys];
}
