using MocoSharp.Encoders;
using MocoSharp.Torch;

namespace MocoSharp.Methods.Blocks;

/// <summary>Views of several sizes through one encoder.</summary>
/// <remarks>Caron et al. 2020, arXiv:2006.09882, section 3.2: a few global views of most of a picture, and many small local ones, which
/// cost little. As in the authors' code, views of one size that follow each other go through the encoder as one batch, so batch norm sees
/// them together.</remarks>
public static class MultiCrop
{
    /// <summary>Features of a batch's first views.</summary>
    /// <param name="encoder">Takes pictures of any size.</param>
    /// <param name="batch">Its views may differ in size.</param>
    /// <param name="views">V, how many of them; null for all.</param>
    /// <returns>[V · N, F], fp32: all samples of the first view, then all of the second, and so on.</returns>
    public static Tensor Features(Encoder encoder, Batch batch, int? views = null)
    {
        int count = views ?? batch.Views;
        List<Tensor> features = [];
        for (int first = 0, end; first < count; first = end)
        {
            Tensor view = batch.View(first);
            for (end = first + 1; end < count && batch.View(end).Size(2) == view.Size(2) && batch.View(end).Size(3) == view.Size(3);) end++;
            Tensor joined = end == first + 1 ? view
                : Tensor.Cat([.. Enumerable.Range(first, end - first).Select(batch.View)]).Contiguous(MemoryFormat.ChannelsLast);
            features.Add(encoder.Forward(joined));
        }
        return features.Count == 1 ? features[0] : Tensor.Cat(features);
    }
}
