using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>What predictive methods share: a label that is made of the picture itself.</summary>
internal static class Pretext
{
    /// <summary>The measure of how often the label is told rightly, 0 to 1.</summary>
    internal const string Accuracy = "pretext_acc";

    /// <summary>The step of a method that tells classes apart.</summary>
    /// <param name="logits">[R, K], fp32 or fp64.</param>
    /// <param name="classes">[R]: the right ones, 0 … K − 1.</param>
    /// <returns>Cross-entropy in nats, ln K where all logits are equal; and <see cref="Accuracy"/>.</returns>
    internal static StepResult Classified(Tensor logits, long[] classes)
    {
        Tensor right = Tensor.From(classes).To(logits.Device);
        return new StepResult(CrossEntropy(logits, right), new Dictionary<string, double> { [Accuracy] = Share(logits, right) });
    }

    /// <summary>How many of the largest numbers of each row are in the right place, as a share.</summary>
    internal static double Share(Tensor logits, Tensor right) =>
        logits.Detach().ArgMax(1).EqualTo(right).To(DType.Float32).Mean().ToDouble();
}
