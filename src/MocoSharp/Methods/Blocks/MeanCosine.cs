using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Blocks;

/// <summary>How well predictions point where their targets do.</summary>
internal static class MeanCosine
{
    /// <summary>The mean cosine of each prediction and its target, −1 to 1.</summary>
    /// <param name="predictions">[N, D], of any length.</param>
    /// <param name="targets">[N, D], of any length.</param>
    internal static Tensor Of(Tensor predictions, Tensor targets) => (Normalize(predictions) * Normalize(targets)).Sum(dim: 1).Mean();
}
