using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.MomentumCmc;

/// <summary>From a core's features and its last map to the loss's space.</summary>
internal abstract class ViewHead : Module
{
    /// <summary>Applies it.</summary>
    /// <param name="features">[N, F], fp32: the mean over the map.</param>
    /// <param name="map">[N, F, H, W].</param>
    /// <returns>[N, D], fp32.</returns>
    internal abstract Tensor Forward(Tensor features, Tensor map);

    internal static ViewHead Create(Encoder encoder, MomentumCmcOptions options) => options.Head switch
    {
        ViewHeadKind.Mlp => new MlpHead(encoder.Features, options.HiddenFeatures, options.KeyFeatures),
        ViewHeadKind.Attention => new AttentionHead(encoder.Features, options.AttentionHeads, options.KeyFeatures),
        _ => encoder.Features == options.KeyFeatures ? new NoHead()
            : throw new OptionException(nameof(options.Head), "none",
            $"and encoder {encoder.Options.Name} gives {encoder.Features} features where keyFeatures is {options.KeyFeatures}",
                fix: $"set keyFeatures to {encoder.Features}, or head to mlp"),
    };

    private sealed class NoHead : ViewHead
    {
        internal override Tensor Forward(Tensor features, Tensor map) => features;
    }
}

/// <summary>Linear layers with an activation before each.</summary>
internal sealed class MlpHead : ViewHead
{
    private readonly Sequential _layers;

    internal MlpHead(int features, IReadOnlyList<int> hidden, int outputs)
    {
        Sequential layers = new();
        foreach (int size in hidden.Append(outputs))
        {
            layers.Add(new LeakyRelu());
            layers.Add(Linear.Glorot(features, size));
            features = size;
        }
        _layers = Register("layers", layers);
    }

    internal override Tensor Forward(Tensor features, Tensor map) => _layers.Forward(features);
}

/// <summary>Several questions, made of the mean, each answered by a weighted mean over the map's places; keys and values are shared by the
/// questions.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762, eq. 1, in the form of the original's classifier.</remarks>
internal sealed class AttentionHead : ViewHead
{
    private readonly int _heads, _size;
    private readonly ConvNorm2d _mix;
    private readonly Linear _query, _output;
    private readonly SymmetricConv2d _key, _value;

    internal AttentionHead(int features, int heads, int outputs)
    {
        (_heads, _size) = (heads, outputs);
        _mix = Register("mix", new ConvNorm2d(features, features, 1));
        _query = Register("query", Linear.Glorot(features, heads * outputs));
        _key = Register("key", new SymmetricConv2d(features, outputs, 1));
        _value = Register("value", new SymmetricConv2d(features, outputs, 1));
        _output = Register("output", Linear.Glorot(heads * outputs, outputs));
    }

    internal override Tensor Forward(Tensor features, Tensor map)
    {
        Tensor mixed = _mix.Forward(LeakyRelu.Of(map));                                                              // [N, F, H, W]
        Tensor query = Functional.Relu(_query.Forward(LeakyRelu.Of(Functional.GlobalAverage(mixed)))).View(-1, _heads, _size);
        Tensor places = LeakyRelu.Of(mixed);
        Tensor key = Places(_key.Forward(places)), value = Places(_value.Forward(places));                           // [N, D, H·W]
        Tensor weights = (query.MatMul(key) / Math.Sqrt(_size)).Softmax(dim: 2);                                     // [N, heads, H·W]
        return _output.Forward(weights.MatMul(value.T).Flatten(1));
    }

    private static Tensor Places(Tensor map) => (map.DType == DType.Float64 ? map : map.To(DType.Float32)).Flatten(2);
}
