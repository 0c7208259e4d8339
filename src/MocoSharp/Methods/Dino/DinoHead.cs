using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Dino;

/// <summary>Features to K outputs: three linear layers with GELU between, unit length, and a last layer whose rows have unit length or
/// learned ones.</summary>
/// <remarks>The last layer is weight-normalized (Salimans and Kingma 2016, arXiv:1602.07868): what is learned is v, what is used is
/// v / ‖v‖, times a length that is 1 or is learned too. Weights of the linear layers start normal with deviation 0.02 and biases at
/// 0.</remarks>
internal sealed class DinoHead : Layer
{
    private const double Deviation = 0.02;
    private readonly Tensor _directions;
    private readonly Tensor? _lengths;

    internal DinoHead(int features, DinoOptions options)
    {
        Layers = Register("layers", Build(features, options));
        _directions = Parameter("weight", Initialization.UniformFanIn(
            Tensor.Empty([options.Outputs, options.BottleneckFeatures]), options.BottleneckFeatures));
        if (options.LearnedLengths) _lengths = Parameter("lengths", Tensor.Ones([options.Outputs, 1]));
    }

    /// <summary>All but the last layer.</summary>
    internal Sequential Layers { get; }

    /// <summary>[N, F] to [N, D], rows of unit length.</summary>
    internal Tensor Embed(Tensor features) => Normalize(Layers.Forward(features));

    /// <summary>[N, D] to [N, K]; no gradient reaches the last layer while it is frozen.</summary>
    internal Tensor Outputs(Tensor embedded, bool frozen = false)
    {
        Tensor weight = Normalize(_directions);
        if (_lengths is not null) weight *= _lengths;
        return embedded.MatMul((frozen ? weight.Detach() : weight).T);
    }

    /// <summary>Makes the last layer that of another head.</summary>
    internal void TakeOutputsOf(DinoHead other)
    {
        using GradMode off = GradMode.Off();
        _directions.CopyFrom(other._directions);
        _lengths?.CopyFrom(other._lengths!);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Outputs(Embed(x));

    private static Sequential Build(int features, DinoOptions options)
    {
        Sequential layers = new();
        foreach (int size in new[] { options.HiddenFeatures, options.HiddenFeatures })
        {
            layers.Add(Small(features, size));
            if (options.HeadNorm) layers.Add(new BatchNorm1d(size));
            layers.Add(new Gelu());
            features = size;
        }
        layers.Add(Small(features, options.BottleneckFeatures));
        return layers;
    }

    private static Linear Small(int inputs, int outputs)
    {
        Linear layer = new(inputs, outputs);
        using GradMode off = GradMode.Off();
        layer.Weight.NormalInPlace(0, Deviation);
        layer.Bias!.ZeroInPlace();
        return layer;
    }
}
