using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>Residual networks without any norm, activation first, for patches: statistics over a batch would tell a patch of the
/// others.</summary>
/// <remarks><c>cpc-resnet</c> is the encoder of Greedy InfoMax and its CPC (arXiv:1905.11786; loeweX/Greedy_InfoMax at 22d17e4,
/// models/Resnet_Encoder.py): a 5×5 convolution of 64 channels, then bottlenecks 3, 4 and 6 deep with 256, 512 and 1,024 channels, strides
/// 1, 2, 2, biases everywhere. <c>cpc-small</c> is for patches of about 10 pixels: a 4×4 convolution of stride 2, then pairs of 3×3
/// convolutions, <see cref="DeepEncoderOptions.Depth"/> (1) of 64, 128 and 256 channels each, strides 1, 2, 2. Departure: the last
/// convolution of each block starts at a tenth, since nothing else keeps the sum of so many paths small.</remarks>
public sealed class PlainResNet : Encoder
{
    private const float LastGain = 0.1f;
    private int _channels;

    private PlainResNet(EncoderOptions options, Conv2d stem, int stride, int width, ReadOnlySpan<int> depths, bool bottleneck)
        : base(options)
    {
        Register("stem", stem);
        AddStage("stem", stem.Outputs, stride, stem.Forward);
        _channels = stem.Outputs;
        for (int i = 0; i < depths.Length; i++)
        {
            int inner = width << i, outputs = bottleneck ? 4 * inner : inner, step = i == 0 ? 1 : 2;
            Sequential layer = new();
            for (int block = 0; block < depths[i]; block++)
            {
                layer.Add(new Block(_channels, inner, outputs, block == 0 ? step : 1, bottleneck));
                _channels = outputs;
            }
            stride *= step;
            AddStage($"layer{i + 1}", outputs, stride, Register($"layer{i + 1}", layer).Forward);
        }
    }

    [Encoder("cpc-resnet")]
    internal static Encoder Large(EncoderOptions options) =>
        new PlainResNet(options, new Conv2d(options.Channels, Scaled(options), 5, padding: 2), stride: 1, Scaled(options), [3, 4, 6],
            bottleneck: true);

    [Encoder("cpc-small", typeof(DeepEncoderOptions))]
    internal static Encoder Small(EncoderOptions options)
    {
        int depth = ((DeepEncoderOptions)options).Depth;
        Conv2d stem = new(options.Channels, Scaled(options), 4, stride: 2, padding: 1);
        return new PlainResNet(options, stem, stride: 2, Scaled(options), [depth, depth, depth], bottleneck: false);
    }

    private static int Scaled(EncoderOptions options) => Math.Max(1, (int)Math.Round(64 * options.Width));

    /// <summary>1×1 – 3×3 – 1×1, or 3×3 – 3×3, each behind a ReLU, beside x or, where the shape changes, a 1×1 convolution of
    /// relu(x).</summary>
    private sealed class Block : Layer
    {
        private readonly Conv2d[] _path;
        private readonly Conv2d? _shortcut;

        internal Block(int inputs, int inner, int outputs, int stride, bool bottleneck)
        {
            _path = bottleneck
                ? [new Conv2d(inputs, inner, 1), new Conv2d(inner, inner, 3, stride, padding: 1), new Conv2d(inner, outputs, 1)]
                : [new Conv2d(inputs, inner, 3, stride, padding: 1), new Conv2d(inner, outputs, 3, padding: 1)];
            for (int i = 0; i < _path.Length; i++) Register($"conv{i + 1}", _path[i]);
            if (stride != 1 || inputs != outputs) _shortcut = Register("shortcut", new Conv2d(inputs, outputs, 1, stride));
            using GradMode off = GradMode.Off();
            _path[^1].Weight.MulInPlace(LastGain);
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor on = Functional.Relu(x), y = _path[0].Forward(on);
            for (int i = 1; i < _path.Length; i++) y = _path[i].Forward(Functional.Relu(y));
            return y + (_shortcut?.Forward(on) ?? x);
        }
    }
}

/// <summary>Options of an encoder whose blocks are of any length.</summary>
/// <inheritdoc cref="EncoderOptions"/>
public sealed record DeepEncoderOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1,
    Pooling Pooling = Pooling.Average, [Bounds(1, 64)] int Depth = 1, PatchGrid? Patches = null)
    : EncoderOptions(Name, Width, Channels, BatchNormSplits, Pooling, Patches)
{
    /// <summary>Layers a block.</summary>
    public int Depth { get; init; } = Depth;
}
