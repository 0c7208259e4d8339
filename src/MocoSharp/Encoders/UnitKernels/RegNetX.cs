using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders.UnitKernels;

/// <summary>RegNetX cores of momentum CMC: blocks without a bottleneck whose 3×3 convolution works in groups; stride 16 in all.</summary>
/// <remarks>Radosavovic et al. 2020, arXiv:2003.13678; the tables are RegNetX-1.6GF, 3.2GF and 4.0GF. Widths are multiples of the group's
/// width.</remarks>
internal sealed class RegNetX : ConvNormEncoder
{
    private RegNetX(EncoderOptions options, ReadOnlySpan<int> depths, ReadOnlySpan<int> widths, int group)
        : base(options, Scaled(widths[0], options.Width, group))
    {
        int channels = Scaled(widths[0], options.Width, group), stride = 2;
        for (int stage = 0; stage < depths.Length; stage++)
        {
            int outputs = Scaled(widths[stage], options.Width, group), step = stage == 0 ? 1 : 2;
            Layer[] blocks = new Layer[depths[stage]];
            for (int block = 0; block < blocks.Length; block++)
                blocks[block] = new Block(block == 0 ? channels : outputs, outputs, group, stride: block == 0 ? step : 1);
            AddBlocks($"layer{stage + 1}", outputs, stride *= step, blocks);
            channels = outputs;
        }
    }

    [Encoder("convnorm-regnetx-1.6gf")]
    internal static Encoder Small(EncoderOptions options) => new RegNetX(options, [2, 4, 10, 2], [72, 168, 408, 912], group: 24);

    [Encoder("convnorm-regnetx-3.2gf")]
    internal static Encoder Medium(EncoderOptions options) => new RegNetX(options, [2, 6, 15, 2], [96, 192, 432, 1008], group: 48);

    [Encoder("convnorm-regnetx-4.0gf")]
    internal static Encoder Large(EncoderOptions options) => new RegNetX(options, [2, 5, 14, 2], [80, 240, 560, 1360], group: 40);

    /// <summary>1×1, 3×3 in groups, 1×1, all of the same width.</summary>
    private sealed class Block : Layer
    {
        private readonly ConvNorm2d _conv1, _conv2, _conv3;
        private readonly ConvNorm2d? _shortcut;

        internal Block(int inputs, int outputs, int group, int stride)
        {
            _conv1 = Register("conv1", new ConvNorm2d(inputs, outputs, 1));
            _conv2 = Register("conv2", new ConvNorm2d(outputs, outputs, 3, stride, groups: outputs / group));
            _conv3 = Register("conv3", new ConvNorm2d(outputs, outputs, 1));
            if (inputs != outputs || stride > 1) _shortcut = Register("shortcut", new ConvNorm2d(inputs, outputs, 1, stride));
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor active = LeakyRelu.Of(x);
            Tensor inner = _conv2.Forward(LeakyRelu.Of(_conv1.Forward(active)));
            return _conv3.Forward(LeakyRelu.Of(inner)) + (_shortcut?.Forward(active) ?? active);
        }
    }
}
