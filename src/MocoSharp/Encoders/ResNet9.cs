using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>ResNet-9: four 3×3 convolutions of 64 to 512 channels, the last three with max pooling behind, and two residual blocks; made
/// for pictures of 32 pixels and for minutes.</summary>
/// <remarks>David Page's entry for DAWNBench, 2018 (cifar10-fast), without its classifier; weights start as torch's convolutions do, as
/// there. It takes the largest values of the last map: set <see cref="EncoderOptions.Pooling"/> to <see cref="Pooling.Max"/> for
/// that.</remarks>
public sealed class ResNet9 : Encoder
{
    private const int Width = 64, Layers = 3;

    private ResNet9(EncoderOptions options) : base(options)
    {
        int channels = Math.Max(1, (int)Math.Round(Width * options.Width));
        AddStage("stem", channels, 1, Register("prep", new Pair(options.Channels, channels, options)).Forward);
        for (int i = 1; i <= Layers; i++, channels *= 2)
            AddStage($"layer{i}", 2 * channels, 1 << i, Register($"layer{i}", new Group(channels, options, hasResidual: i != 2)).Forward);
    }

    [Encoder("resnet9")]
    internal static Encoder Create(EncoderOptions options) => new ResNet9(options);

    /// <summary>Convolution, batch norm, ReLU.</summary>
    private sealed class Pair : Layer
    {
        private readonly ConvNorm _both;

        internal Pair(int inputs, int outputs, EncoderOptions options) => _both = new ConvNorm(
            Register("conv", new Conv2d(inputs, outputs, 3, padding: 1, bias: false)),
            Register("bn", options.BatchNormSplits == 1 ? new BatchNorm2d(outputs)
                : new SplitBatchNorm2d(outputs, options.BatchNormSplits)));

        protected override Tensor Compute(Tensor x) => _both.ForwardRelu(x);
    }

    /// <summary>Twice the channels, half the sides, and perhaps a residual block.</summary>
    private sealed class Group : Layer
    {
        private readonly Pair _pair;
        private readonly MaxPool2d _pool;
        private readonly Sequential? _residual;

        internal Group(int inputs, EncoderOptions options, bool hasResidual)
        {
            int outputs = 2 * inputs;
            _pair = Register("pair", new Pair(inputs, outputs, options));
            _pool = Register("pool", new MaxPool2d(2, stride: 2));
            if (hasResidual)
                _residual = Register("residual", new Sequential(new Pair(outputs, outputs, options), new Pair(outputs, outputs, options)));
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor map = _pool.Forward(_pair.Forward(x));
            return _residual is null ? map : map + _residual.Forward(map);
        }
    }
}
