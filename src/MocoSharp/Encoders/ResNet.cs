using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>Residual networks of depth 18, 34 and 50, without their classifier.</summary>
/// <remarks>He et al. 2015, arXiv:1512.03385; the stride of a bottleneck is on its 3×3 convolution, names and starting weights as in torchvision.
/// The small stem (one 3×3 convolution, no pooling) is SimCLR's for 32-pixel pictures, arXiv:2002.05709, App. B.9; it starts as torch's
/// convolutions do, as in the official MoCo demo for CIFAR-10.</remarks>
public sealed class ResNet : Encoder
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;

    private ResNet(EncoderOptions options, ReadOnlySpan<int> blocks, bool bottleneck, bool smallStem) : base(options)
    {
        int width = Scaled(64, options.Width), channels = width, stride = smallStem ? 1 : 4;
        _conv1 = Own("conv1", smallStem
            ? new Conv2d(options.Channels, width, 3, padding: 1, bias: false)
            : Conv(options.Channels, width, 7, stride: 2));
        _bn1 = Own("bn1", Norm(width, options));
        MaxPool2d? pool = smallStem ? null : Own("maxpool", new MaxPool2d(3, stride: 2, padding: 1));
        AddStage("stem", width, stride, x =>
        {
            Tensor map = _bn1.ForwardRelu(_conv1.Forward(x));
            return pool is null ? map : pool.Forward(map);
        });
        for (int i = 0; i < blocks.Length; i++)
        {
            int inner = Scaled(64 << i, options.Width), outputs = bottleneck ? 4 * inner : inner, step = i == 0 ? 1 : 2;
            Sequential layer = new();
            for (int block = 0; block < blocks[i]; block++)
            {
                int blockStep = block == 0 ? step : 1;
                layer.Add(bottleneck ? new Bottleneck(channels, inner, blockStep, options) : new BasicBlock(channels, inner, blockStep, options));
                channels = outputs;
            }
            stride *= step;
            AddStage($"layer{i + 1}", channels, stride, Own($"layer{i + 1}", layer).Forward);
        }
    }

    [Encoder("resnet18")]
    internal static Encoder ResNet18(EncoderOptions options) => new ResNet(options, [2, 2, 2, 2], bottleneck: false, smallStem: false);

    [Encoder("resnet18-small")]
    internal static Encoder ResNet18Small(EncoderOptions options) => new ResNet(options, [2, 2, 2, 2], bottleneck: false, smallStem: true);

    [Encoder("resnet34")]
    internal static Encoder ResNet34(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: false, smallStem: false);

    [Encoder("resnet34-small")]
    internal static Encoder ResNet34Small(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: false, smallStem: true);

    [Encoder("resnet50")]
    internal static Encoder ResNet50(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: true, smallStem: false);

    [Encoder("resnet50-small")]
    internal static Encoder ResNet50Small(EncoderOptions options) => new ResNet(options, [3, 4, 6, 3], bottleneck: true, smallStem: true);

    private static int Scaled(int channels, double width) => Math.Max(1, (int)Math.Round(channels * width));

    private static BatchNorm2d Norm(int channels, EncoderOptions options) =>
        options.BatchNormSplits == 1 ? new BatchNorm2d(channels) : new SplitBatchNorm2d(channels, options.BatchNormSplits);

    private static Conv2d Conv(int inputs, int outputs, int kernel, int stride = 1)
    {
        Conv2d conv = new(inputs, outputs, kernel, stride, padding: kernel / 2, bias: false);
        Initialization.KaimingNormalFanOut(conv.Weight);
        return conv;
    }

    /// <summary>The first convolution and norm of a shortcut that changes shape; null where it does not.</summary>
    private static Sequential? Downsample(int inputs, int outputs, int stride, EncoderOptions options) =>
        stride == 1 && inputs == outputs ? null : new Sequential(Conv(inputs, outputs, 1, stride), Norm(outputs, options));

    /// <summary>3×3 – 3×3 beside a shortcut.</summary>
    private sealed class BasicBlock : Layer
    {
        private readonly Conv2d _conv1, _conv2;
        private readonly BatchNorm2d _bn1, _bn2;
        private readonly Sequential? _downsample;

        internal BasicBlock(int inputs, int outputs, int stride, EncoderOptions options)
        {
            _conv1 = Own("conv1", Conv(inputs, outputs, 3, stride));
            _bn1 = Own("bn1", Norm(outputs, options));
            _conv2 = Own("conv2", Conv(outputs, outputs, 3));
            _bn2 = Own("bn2", Norm(outputs, options));
            if (Downsample(inputs, outputs, stride, options) is { } downsample) _downsample = Own("downsample", downsample);
        }

        protected override Tensor Compute(Tensor x)
        {
            (Tensor first, x) = _conv1.Fork(x);
            Tensor inner = _conv2.Forward(_bn1.ForwardRelu(first));
            return _bn2.ForwardRelu(inner, residual: _downsample?.Forward(x) ?? x);
        }
    }

    /// <summary>1×1 – 3×3 – 1×1 to four times the channels, beside a shortcut.</summary>
    private sealed class Bottleneck : Layer
    {
        private readonly Conv2d _conv1, _conv2, _conv3;
        private readonly BatchNorm2d _bn1, _bn2, _bn3;
        private readonly Sequential? _downsample;

        internal Bottleneck(int inputs, int inner, int stride, EncoderOptions options)
        {
            _conv1 = Own("conv1", Conv(inputs, inner, 1));
            _bn1 = Own("bn1", Norm(inner, options));
            _conv2 = Own("conv2", Conv(inner, inner, 3, stride));
            _bn2 = Own("bn2", Norm(inner, options));
            _conv3 = Own("conv3", Conv(inner, 4 * inner, 1));
            _bn3 = Own("bn3", Norm(4 * inner, options));
            if (Downsample(inputs, 4 * inner, stride, options) is { } downsample) _downsample = Own("downsample", downsample);
        }

        protected override Tensor Compute(Tensor x)
        {
            (Tensor first, x) = _conv1.Fork(x);
            Tensor inner = _bn2.ForwardRelu(_conv2.Forward(_bn1.ForwardRelu(first)));
            return _bn3.ForwardRelu(_conv3.Forward(inner), residual: _downsample?.Forward(x) ?? x);
        }
    }
}
