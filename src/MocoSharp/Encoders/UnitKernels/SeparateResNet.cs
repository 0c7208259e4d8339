using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders.UnitKernels;

/// <summary>The first architecture of momentum CMC, one network a view: five shrinking blocks of two 3×3 convolutions, then a 1×1
/// convolution to 128 numbers.</summary>
/// <remarks>The embedding's mean over the map is the loss's space, so no head follows. 13,480,832 parameters for an RGB view.</remarks>
internal sealed class SeparateResNet : ConvNormEncoder
{
    private const int Embedding = 128;
    private static readonly int[] s_channels = [64, 128, 256, 512, 1024];

    private SeparateResNet(EncoderOptions options, Convolutions convolutions) : base(options, Scaled(64, options.Width, 1))
    {
        int channels = Scaled(64, options.Width, 1), stride = 2;
        for (int stage = 0; stage < s_channels.Length; stage++)
        {
            int outputs = Scaled(s_channels[stage], options.Width, 1);
            AddBlocks($"layer{stage + 1}", outputs, stride *= 2, new Block(channels, outputs, convolutions));
            channels = outputs;
        }
        AddBlocks("embedding", Embedding, stride, new LeakyRelu(), new SymmetricConv2d(channels, Embedding, kernel: 1));
    }

    [Encoder("convnorm-first")]
    internal static Encoder Normalized(EncoderOptions options) => new SeparateResNet(options, Convolutions.Normalized);

    [Encoder("plainconv-first")]
    internal static Encoder Plain(EncoderOptions options) => new SeparateResNet(options, Convolutions.Plain);

    /// <summary>3×3 of stride 2, 3×3, 3×3; the shortcut is 1×1 of stride 2.</summary>
    private sealed class Block : Layer
    {
        private readonly Layer _conv1, _conv2, _conv3, _shortcut;

        internal Block(int inputs, int outputs, Convolutions convolutions)
        {
            int inner = Math.Min(inputs, outputs);
            _conv1 = Register("conv1", convolutions.Make(inputs, inner, 3, stride: 2));
            _conv2 = Register("conv2", convolutions.Make(inner, inner, 3));
            _conv3 = Register("conv3", convolutions.Make(inner, outputs, 3));
            _shortcut = Register("shortcut", convolutions.Make(inputs, outputs, 1, stride: 2));
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor active = LeakyRelu.Of(x);
            Tensor inner = _conv2.Forward(LeakyRelu.Of(_conv1.Forward(active)));
            return _conv3.Forward(LeakyRelu.Of(inner)) + _shortcut.Forward(active);
        }
    }
}
