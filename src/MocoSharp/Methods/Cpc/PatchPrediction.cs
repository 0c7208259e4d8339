using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Cpc;

/// <summary>Tells the patch some rows below a context from other patches, by a bilinear score: contextᵀ W patch.</summary>
/// <remarks>van den Oord et al. 2018, arXiv:1807.03748, eq. 3 and 4, as in loeweX/Greedy_InfoMax at 22d17e4, models/InfoNCE_Loss.py.
/// Negatives come from the same rows as the targets, of all pictures of the batch, and one may by chance be the target itself.</remarks>
internal sealed class PatchPrediction : Module
{
    private readonly Linear _weights;

    internal PatchPrediction(int features) => _weights = Register("weights", new Linear(features, features, bias: false));

    /// <summary>−ln of the own patch's share, the mean over positions, in nats; ln(1 + negatives) where all scores are equal.</summary>
    /// <param name="grid">[N, C, H, W], the patches.</param>
    /// <param name="context">[N, C, H, W], what is known down to each row.</param>
    /// <param name="ahead">Rows from a context to its patch, 1 to H − 1.</param>
    /// <param name="draw">From a count of rows R to R · K places of negatives, 0 … R − 1; null to tell each patch from all others.</param>
    internal Tensor Loss(Tensor grid, Tensor context, int ahead, Func<int, long[]>? draw)
    {
        long height = grid.Size(2) - ahead;
        // [R, C], R = N · (H − ahead) · W
        Tensor known = Rows(context.Narrow(2, 0, height)), patches = _weights.Forward(Rows(grid.Narrow(2, ahead, height)));
        int count = (int)known.Size(0);
        if (draw is null) return CrossEntropy(AtLeastFloat32(MatMul(known, patches.T)), Tensor.Arange(count, device: known.Device));
        // [R, R]: each patch's score is wanted about K times
        Tensor scores = AtLeastFloat32(MatMul(known, patches.T));
        Tensor places = Tensor.From(OwnFirst(draw(count), count)).View(count, -1).To(scores.Device);
        return CrossEntropy(scores.Gather(1, places), Tensor.Zeros([count], DType.Int64, scores.Device));
    }

    private static long[] OwnFirst(long[] negatives, int count)
    {
        int each = negatives.Length / count;
        long[] places = new long[negatives.Length + count];
        for (int i = 0; i < count; i++)
        {
            places[i * (each + 1)] = i;
            negatives.AsSpan(i * each, each).CopyTo(places.AsSpan(i * (each + 1) + 1));
        }
        return places;
    }

    private static Tensor Rows(Tensor map) => map.Permute(0, 2, 3, 1).Reshape(-1, map.Size(1));
}
