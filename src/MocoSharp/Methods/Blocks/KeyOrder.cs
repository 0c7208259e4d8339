using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Methods.Blocks;

/// <summary>The order in which pictures of a batch become keys: with split batch norm, a key's batch mates must not be its
/// query's.</summary>
/// <remarks>He et al. 2020, arXiv:1911.05722, section 3.3: over ranks as there, each computes keys of pictures that all have given; on one
/// device by splits (ADR 4). With plain batch norm on one device there is nothing to shuffle.</remarks>
internal sealed class KeyOrder
{
    private readonly Tensor? _order, _inverse;
    private readonly Peers _peers;

    /// <summary>Draws it, the same whenever the batch is made again.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="view">The view that becomes keys.</param>
    /// <param name="splits">The encoder's splits of batch norm, over ranks those of each.</param>
    internal KeyOrder(Batch batch, int view, int splits)
    {
        _peers = batch.Peers;
        if (splits == 1 && _peers.Count == 1) return;
        long[] order = batch.Permutation(view), inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        Device device = batch.View(view).Device;
        (_order, _inverse) = (_peers.Own(Tensor.From(order)).To(device), _peers.Own(Tensor.From(inverse)).To(device));
    }

    /// <summary>Pictures, [N, …], in this order.</summary>
    internal Tensor Shuffle(Tensor pictures) => _order is null ? pictures : _peers.Gather(pictures).IndexSelect(0, _order);

    /// <summary>What became of them, [N, …], in the batch's order.</summary>
    internal Tensor Restore(Tensor rows) => _inverse is null ? rows : _peers.Gather(rows).IndexSelect(0, _inverse);
}
