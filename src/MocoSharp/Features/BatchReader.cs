using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Features;

/// <summary>Names a loader's memory as tensors, [N, C, H, W] in channels_last, and converts to the training's element type and
/// device.</summary>
/// <param name="compute">Where the training is, and its element type.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="peers">The ranks that have the rest of each batch; null for none.</param>
internal sealed class BatchReader(Compute compute, ulong seed, Peers? peers = null)
{
    /// <summary>The batches in turn. On a device other than the processor the next batch's copy is under way while one is used.</summary>
    internal IEnumerable<ComingBatch> Coming(IEnumerable<ViewBatch> batches)
    {
        ComingBatch? next = null;
        try
        {
            foreach (ViewBatch loaded in batches)
            {
                ComingBatch now = new(this, loaded);
                if (compute.Device.IsCpu)
                {
                    yield return now;
                    continue;
                }
                ComingBatch? ready = next;
                next = now;
                now.Start();
                if (ready is not null) yield return ready;
            }
            if (next is not null) yield return next;
        }
        finally
        {
            next?.Dispose();
        }
    }

    /// <summary>The loaded batch must stay undisposed while fp32 tensors of it are in use: on the processor they share its
    /// memory.</summary>
    internal Batch Read(ViewBatch loaded, long address)
    {
        using ComingBatch coming = new(this, loaded, owns: false);
        return coming.Read(address);
    }

    /// <summary>One view; what is said of <see cref="Read"/> holds.</summary>
    internal Tensor View(ViewBatch loaded, int view)
    {
        Tensor memory = Memory(loaded, view);
        return compute.Device.IsCpu ? memory.To(compute.Type) : Begin(memory).Finish();
    }

    internal Batch Of(ViewBatch loaded, Tensor[] views, long address) =>
        new(views, loaded.Indices.ToArray(), loaded.Labels.ToArray(), seed, address)
        {
            Peers = peers ?? Peers.Alone
        };

    internal Upload Begin(Tensor memory)
    {
        using (memory) return Upload.Begin(memory, compute.Type, compute.Device);
    }

    internal static Tensor Memory(ViewBatch loaded, int view)
    {
        ImageSize size = loaded.Size(view);
        (long c, long h, long w) = (size.Channels, size.Height, size.Width);
        return Tensor.FromMemory(loaded.Pointer(view), DType.Float32, [loaded.Count, c, h, w], [h * w * c, 1, w * c, c]);
    }
}
