using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Names a loader's memory as tensors, [N, C, H, W] in channels_last, and converts to the training's element type and device.</summary>
/// <param name="type">Float32 or BFloat16.</param>
/// <param name="device">Where the training is.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class BatchReader(DType type, Device device, ulong seed)
{
    /// <summary>The loaded batch must stay undisposed while fp32 tensors of it are in use: they share its memory.</summary>
    internal Batch Read(ViewBatch loaded, long address)
    {
        Tensor[] views = new Tensor[loaded.Views];
        for (int view = 0; view < views.Length; view++) views[view] = View(loaded, view);
        return new Batch(views, loaded.Indices.ToArray(), loaded.Labels.ToArray(), seed, address);
    }

    internal Tensor View(ViewBatch loaded, int view)
    {
        ImageSize size = loaded.Size(view);
        (long c, long h, long w) = (size.Channels, size.Height, size.Width);
        Tensor memory = Tensor.FromMemory(loaded.Pointer(view), DType.Float32, [loaded.Count, c, h, w], [h * w * c, 1, w * c, c]);
        return memory.To(type).To(device);
    }
}
