using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>fastai's residual networks of depth 18, 34 and 50, without their classifier.</summary>
/// <remarks>He et al. 2018, "Bag of tricks", arXiv:1812.01187: a stem of three 3×3 convolutions, shortcuts that average before they
/// project, blocks that begin as the identity (the last norm's scale starts at 0). Names, shapes and starting weights are fastai's,
/// fastai2/vision/models/xresnet.py at f923125.</remarks>
public sealed class XResNet : Encoder
{
    private XResNet(EncoderOptions options, ReadOnlySpan<int> blocks, int expansion) : base(options)
    {
        int Scaled(int channels) => Math.Max(1, (int)Math.Round(channels * options.Width));
        int channels = Scaled(64);
        ConvBlock first = Register("0", new ConvBlock(options.Channels, Scaled(32), 3, 2, options)),
            second = Register("1", new ConvBlock(Scaled(32), Scaled(32), 3, 1, options));
        ConvBlock third = Register("2", new ConvBlock(Scaled(32), channels, 3, 1, options));
        MaxPool2d pool = Register("3", new MaxPool2d(3, stride: 2, padding: 1));
        AddStage("stem", channels, 4, x => pool.Forward(third.Forward(second.Forward(first.Forward(x)))));
        int stride = 4;
        for (int i = 0; i < blocks.Length; i++)
        {
            int inner = Scaled(64 << i), outputs = inner * expansion, step = i == 0 ? 1 : 2;
            Sequential layer = new();
            for (int block = 0; block < blocks[i]; block++)
            {
                layer.Add(new ResBlock(channels, inner, outputs, block == 0 ? step : 1, expansion > 1, options));
                channels = outputs;
            }
            stride *= step;
            AddStage($"layer{i + 1}", channels, stride, Register($"{i + 4}", layer).Forward);
        }
    }

    [Encoder("xresnet18")]
    internal static Encoder XResNet18(EncoderOptions options) => new XResNet(options, [2, 2, 2, 2], expansion: 1);

    [Encoder("xresnet34")]
    internal static Encoder XResNet34(EncoderOptions options) => new XResNet(options, [3, 4, 6, 3], expansion: 1);

    [Encoder("xresnet50")]
    internal static Encoder XResNet50(EncoderOptions options) => new XResNet(options, [3, 4, 6, 3], expansion: 4);

    /// <summary>Convolution, batch norm, ReLU where asked.</summary>
    private sealed class ConvBlock : Layer
    {
        private readonly ConvNorm _both;
        private readonly bool _relu;

        internal ConvBlock(int inputs, int outputs, int kernel, int stride, EncoderOptions options, bool relu = true,
            bool startsAtZero = false)
        {
            Conv2d conv = Register("0", new Conv2d(inputs, outputs, kernel, stride, padding: kernel / 2, bias: false));
            Initialization.KaimingNormalFanIn(conv.Weight);
            BatchNorm2d norm = Register("1", options.BatchNormSplits == 1 ? new BatchNorm2d(outputs)
                : new SplitBatchNorm2d(outputs, options.BatchNormSplits));
            if (startsAtZero) Zero(norm.Weight);
            (_both, _relu) = (new ConvNorm(conv, norm), relu);
        }

        internal Tensor Forward(Tensor x, Tensor residual) => _both.ForwardRelu(x, residual);

        protected override Tensor Compute(Tensor x) => _relu ? _both.ForwardRelu(x) : _both.Forward(x);

        private static void Zero(Tensor weight)
        {
            using GradMode off = GradMode.Off();
            weight.ZeroInPlace();
        }
    }

    /// <summary>3×3 – 3×3, or 1×1 – 3×3 – 1×1, beside a shortcut.</summary>
    private sealed class ResBlock : Layer
    {
        private readonly ConvBlock[] _path;
        private readonly Sequential? _shortcut;

        internal ResBlock(int inputs, int inner, int outputs, int stride, bool bottleneck, EncoderOptions options)
        {
            _path = bottleneck
                ? [new(inputs, inner, 1, 1, options), new(inner, inner, 3, stride, options),
                new(inner, outputs, 1, 1, options, relu: false, startsAtZero: true)]
                : [new(inputs, inner, 3, stride, options), new(inner, outputs, 3, 1, options, relu: false, startsAtZero: true)];
            Sequential path = new();
            foreach (ConvBlock part in _path) path.Add(part);
            Register("convpath", path);
            if (stride == 1 && inputs == outputs) return;
            _shortcut = new();
            if (stride > 1) _shortcut.Add(new AveragePool2d(2, stride, ceiling: true));
            if (inputs != outputs) _shortcut.Add(new ConvBlock(inputs, outputs, 1, 1, options, relu: false));
            Register("idpath", _shortcut);
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor inner = x;
            foreach (ConvBlock part in _path.AsSpan()[..^1]) inner = part.Forward(inner);
            return _path[^1].Forward(inner, residual: _shortcut?.Forward(x) ?? x);
        }
    }
}
