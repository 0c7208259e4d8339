using MocoSharp.Torch;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>A linear classifier at every place: 1×1 convolutions on the maps, whose scores are resized to the picture and added.</summary>
/// <remarks>The same as resizing the maps, putting them one behind the other and convolving then, since a resize is linear and its weights
/// sum to 1; and much smaller.</remarks>
internal sealed class DenseHead : IDisposable
{
    private readonly Tensor[] _weights;
    private readonly Tensor _bias;

    /// <summary>Takes a classifier apart.</summary>
    /// <param name="head">Of rows of D numbers.</param>
    /// <param name="channels">Each map's part of D.</param>
    /// <param name="device">Where the maps are.</param>
    internal DenseHead(LinearHead head, IReadOnlyList<int> channels, Device device)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor all = Tensor.From(head.Weight, head.Bias.Length, head.Dimensions);
        _weights = new Tensor[channels.Count];
        int from = 0;
        foreach ((int i, int count) in channels.Index())
        {
            _weights[i] = all.Narrow(1, from, count).Clone().View(head.Bias.Length, count, 1, 1).To(device).DetachFromScope();
            from += count;
        }
        _bias = Tensor.From(head.Bias).View(1, head.Bias.Length, 1, 1).To(device).DetachFromScope();
    }

    /// <summary>The class of each place.</summary>
    /// <param name="maps">Each [N, C, h, w], fp32.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>One [height × width] a picture.</returns>
    internal byte[][] Apply(IReadOnlyList<Tensor> maps, int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor scores = Scores(maps, height, width);
        byte[] classes = [.. scores.ArgMax(1).ToProcessor().ToArray<long>().Select(static name => (byte)name)];
        return [.. classes.Chunk(height * width)];
    }

    /// <summary>[N, classes, height, width].</summary>
    internal Tensor Scores(IReadOnlyList<Tensor> maps, int height, int width)
    {
        Tensor sum = _bias;
        foreach ((int i, Tensor map) in maps.Index())
            sum = Functional.ResizeBilinear(Functional.Conv2d(map, _weights[i]), height, width) + sum;
        return sum;
    }

    public void Dispose()
    {
        foreach (Tensor weight in _weights) weight.Dispose();
        _bias.Dispose();
    }
}
