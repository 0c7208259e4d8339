using MocoSharp.Torch;

namespace MocoSharp.Methods.Blocks;

/// <summary>What a global view is assigned to must be told by every other view of the same picture.</summary>
public static class CrossViewEntropy
{
    /// <summary>Cross-entropy between each target and the predictions of all views but its own; the mean over these pairs and the
    /// batch.</summary>
    /// <param name="targets">[G · N, K]: distributions of the first G views, constants.</param>
    /// <param name="logits">[V · N, K]: predictions of all V views, over the temperature; V is 2 or more.</param>
    /// <param name="views">V.</param>
    /// <returns>A scalar in nats; ln K when targets and predictions are uniform.</returns>
    /// <remarks>Caron et al. 2020, arXiv:2006.09882, eq. 2 and section 3.2; Caron et al. 2021, arXiv:2104.14294, eq. 3. A target's products
    /// with V − 1 predictions are one product with their sum.</remarks>
    public static Tensor Loss(Tensor targets, Tensor logits, int views)
    {
        long kinds = logits.Size(1), samples = logits.Size(0) / views, globals = targets.Size(0) / samples;
        Tensor predicted = logits.LogSoftmax(1).View(views, samples, kinds);                                 // [V, N, K]
        Tensor others = predicted.Sum(dim: 0, keepDim: true) - predicted.Narrow(0, 0, globals);               // [G, N, K]
        return -(targets.View(globals, samples, kinds) * others).Sum(dim: 2).Mean() / (views - 1);
    }
}
