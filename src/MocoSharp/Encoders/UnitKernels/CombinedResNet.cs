using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders.UnitKernels;

/// <summary>The core that all kinds of views share: five stages of two bottlenecks, 32 channels to 1,024, stride 64 in all.</summary>
/// <remarks>The combined architecture of momentum CMC; with stem and head 34 layers. Activations come first in a block, and the shortcut
/// takes the activated input. At 256 pixels the last map is 4 × 4.</remarks>
internal sealed class CombinedResNet : ConvNormEncoder
{
    private const int Depth = 5;

    private CombinedResNet(EncoderOptions options, Convolutions convolutions) : base(options, Scaled(32, options.Width, 2))
    {
        int channels = Scaled(32, options.Width, 2);
        for (int stage = 1; stage <= Depth; stage++)
        {
            AddBlocks($"layer{stage}", 2 * channels, 2 << stage, new Block(channels, stride: 2, convolutions),
                new Block(2 * channels, stride: 1, convolutions));
            channels *= 2;
        }
    }

    [Encoder("convnorm-resnet34")]
    internal static Encoder Normalized(EncoderOptions options) => new CombinedResNet(options, Convolutions.Normalized);

    [Encoder("plainconv-resnet34")]
    internal static Encoder Plain(EncoderOptions options) => new CombinedResNet(options, Convolutions.Plain);

    /// <summary>1×1 to half the channels, 3×3, 1×1 to all or, where the map shrinks, twice as many.</summary>
    private sealed class Block : Layer
    {
        private readonly Layer _conv1, _conv2, _conv3;
        private readonly Layer? _shortcut;

        internal Block(int channels, int stride, Convolutions convolutions)
        {
            int outputs = stride > 1 ? 2 * channels : channels;
            _conv1 = Register("conv1", convolutions.Make(channels, channels / 2, 1));
            _conv2 = Register("conv2", convolutions.Make(channels / 2, channels / 2, 3, stride));
            _conv3 = Register("conv3", convolutions.Make(channels / 2, outputs, 1));
            if (stride > 1) _shortcut = Register("shortcut", convolutions.Make(channels, outputs, 1, stride));
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor active = LeakyRelu.Of(x);
            Tensor inner = _conv2.Forward(LeakyRelu.Of(_conv1.Forward(active)));
            return _conv3.Forward(LeakyRelu.Of(inner)) + (_shortcut?.Forward(active) ?? active);
        }
    }
}
