using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>Residual networks of depth 18, 34 and 50, and a small one of depth 10, without their classifier.</summary>
/// <remarks>He et al. 2015, arXiv:1512.03385; the stride of a bottleneck is on its 3×3 convolution, names and starting weights as in
/// torchvision. The small stem (one 3×3 convolution, no pooling) is SimCLR's for 32-pixel pictures, arXiv:2002.05709, App. B.9; it starts
/// as torch's convolutions do, as in the official MoCo demo for CIFAR-10. <c>small</c> is for pictures of 32 pixels and a few minutes: one
/// block a stage behind one 3×3 convolution of stride 2; no paper has it.</remarks>
public sealed class ResNet : Encoder
{
    // the stem's stride: 4 with its pooling, or that of one 3×3 convolution
    private ResNet(EncoderOptions options, ReadOnlySpan<int> blocks, bool bottleneck, int stride) : base(options)
    {
        int width = Scaled(64, options.Width), channels = width;
        bool isPooled = stride == 4;
        Conv2d conv1 = Register("conv1", isPooled ? Conv(options.Channels, width, 7, stride: 2)
            : new Conv2d(options.Channels, width, 3, stride, padding: 1, bias: false));
        ConvNorm stem = new(conv1, Register("bn1", Norm(width, options)));
        MaxPool2d? pool = isPooled ? Register("maxpool", new MaxPool2d(3, stride: 2, padding: 1)) : null;
        AddStage("stem", width, stride, x =>
        {
            Tensor map = stem.ForwardRelu(x);
            return pool is null ? map : pool.Forward(map);
        });
        for (int i = 0; i < blocks.Length; i++)
        {
            int inner = Scaled(64 << i, options.Width), outputs = bottleneck ? 4 * inner : inner, step = i == 0 ? 1 : 2;
            Sequential layer = new();
            for (int block = 0; block < blocks[i]; block++)
            {
                int blockStep = block == 0 ? step : 1;
                layer.Add(bottleneck ? new Bottleneck(channels, inner, blockStep, options)
                    : new BasicBlock(channels, inner, blockStep, options));
                channels = outputs;
            }
            stride *= step;
            AddStage($"layer{i + 1}", channels, stride, Register($"layer{i + 1}", layer).Forward);
        }
    }

    [Encoder("resnet18")]
    internal static Encoder ResNet18(EncoderOptions options) => new ResNet(options, [2, 2, 2, 2], bottleneck: false, stride: 4);

    [Encoder("resnet18-small")]
    internal static Encoder ResNet18Small(EncoderOptions options) => new ResNet(options, [2, 2, 2, 2], bottleneck: false, stride: 1);

    [Encoder("resnet34")]
    internal static Encoder ResNet34(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: false, stride: 4);

    [Encoder("resnet34-small")]
    internal static Encoder ResNet34Small(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: false, stride: 1);

    [Encoder("resnet50")]
    internal static Encoder ResNet50(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: true, stride: 4);

    [Encoder("resnet50-small")]
    internal static Encoder ResNet50Small(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: true, stride: 1);

    [Encoder("small")]
    internal static Encoder Small(EncoderOptions options) => new ResNet(options, [1, 1, 1, 1], bottleneck: false, stride: 2);

    private static int Scaled(int channels, double width) => Math.Max(1, (int)Math.Round(channels * width));

    private static BatchNorm2d Norm(int channels, EncoderOptions options) =>
        options.BatchNormSplits == 1 ? new BatchNorm2d(channels) : new SplitBatchNorm2d(channels, options.BatchNormSplits);

    private static Conv2d Conv(int inputs, int outputs, int kernel, int stride = 1)
    {
        Conv2d conv = new(inputs, outputs, kernel, stride, padding: kernel / 2, bias: false);
        Initialization.KaimingNormalFanOut(conv.Weight);
        return conv;
    }

    /// <summary>3×3 – 3×3 beside a shortcut.</summary>
    private sealed class BasicBlock : Block
    {
        private readonly ConvNorm _first, _second;
        private readonly ConvNorm? _downsample;

        internal BasicBlock(int inputs, int outputs, int stride, EncoderOptions options)
        {
            _first = OwnPair(1, Conv(inputs, outputs, 3, stride), options);
            _second = OwnPair(2, Conv(outputs, outputs, 3), options);
            _downsample = OwnDownsample(inputs, outputs, stride, options);
        }

        protected override Tensor Compute(Tensor x)
        {
            (NormedMap inner, x) = _first.ForkRelu(x);
            return _second.ForwardRelu(inner, residual: _downsample?.Forward(x) ?? x);
        }
    }

    /// <summary>1×1 – 3×3 – 1×1 to four times the channels, beside a shortcut.</summary>
    private sealed class Bottleneck : Block
    {
        private readonly ConvNorm _first, _second, _third;
        private readonly ConvNorm? _downsample;

        internal Bottleneck(int inputs, int inner, int stride, EncoderOptions options)
        {
            _first = OwnPair(1, Conv(inputs, inner, 1), options);
            _second = OwnPair(2, Conv(inner, inner, 3, stride), options);
            _third = OwnPair(3, Conv(inner, 4 * inner, 1), options);
            _downsample = OwnDownsample(inputs, 4 * inner, stride, options);
        }

        protected override Tensor Compute(Tensor x)
        {
            (NormedMap inner, x) = _first.ForkRelu(x);
            return _third.ForwardRelu(_second.ForwardRelu(inner), residual: _downsample?.Forward(x) ?? x);
        }
    }

    /// <summary>What both kinds of block own, under torchvision's names.</summary>
    private abstract class Block : Layer
    {
        /// <summary><c>conv{number}</c> and <c>bn{number}</c>.</summary>
        protected ConvNorm OwnPair(int number, Conv2d conv, EncoderOptions options) =>
            new(Register($"conv{number}", conv), Register($"bn{number}", Norm(conv.Outputs, options)));

        /// <summary>The convolution and norm of a shortcut that changes shape; null where it does not.</summary>
        protected ConvNorm? OwnDownsample(int inputs, int outputs, int stride, EncoderOptions options)
        {
            if (stride == 1 && inputs == outputs) return null;
            (Conv2d conv, BatchNorm2d norm) = (Conv(inputs, outputs, 1, stride), Norm(outputs, options));
            _ = Register("downsample", new Sequential(conv, norm));
            return new ConvNorm(conv, norm);
        }
    }
}
