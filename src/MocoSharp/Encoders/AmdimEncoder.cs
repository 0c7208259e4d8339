using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>The residual encoder of AMDIM without padding: what a place of its 7×7 and 5×5 maps sees ends within the picture and is the
/// same everywhere.</summary>
/// <remarks>Bachman et al. 2019, arXiv:1906.00910, as in Philip-Bachman/amdim-public at 8754ae1, model.py, without its optional batch norm.
/// Pictures of 32, 64 or 128 pixels a side. The paper's base width (ndf 128 in the code) is <see cref="EncoderOptions.Width"/> 1.
/// Convolutions start as torch's, and the second one of each pair at 0. The 7×7 map is stage <c>map7</c>, the 5×5 one
/// <c>map5</c>.</remarks>
public sealed class AmdimEncoder : Encoder
{
    internal const string Seven = "map7", Five = "map5";
    private const int BaseWidth = 128;
    private readonly int _depth;
    private int _channels, _stride = 1;

    private AmdimEncoder(AmdimEncoderOptions options) : base(options)
    {
        OptionException.Require(options.Side is 32 or 64 or 128, "side", options.Side, "32, 64 or 128 pixels for this encoder");
        int width = Math.Max(1, (int)Math.Round(BaseWidth * options.Width)), widest = width * (options.Side == 32 ? 4 : 8),
            features = options.Features;
        if (features < widest)
            throw new OptionException("features", features, $"fewer than the {widest} channels of the last map",
                fix: $"set encoder.features to {widest} or more, or lower encoder.width");
        (_channels, _depth) = (options.Channels, options.Depth);
        if (options.Side == 128) First("reduce", width, kernel: 5, stride: 2, border: 2);
        First("stem", width, kernel: 3, stride: 1, border: 0);
        if (options.Side == 32)
        {
            Residual("mix", width, kernel: 1, stride: 1, depth: 1);
            Residual("map14", 2 * width, kernel: 4, stride: 2, _depth);
        }
        else
        {
            Residual("map30", 2 * width, kernel: 4, stride: 2, _depth);
            Residual("map14", 4 * width, kernel: 4, stride: 2, _depth);
        }
        Residual(Seven, widest, kernel: 2, stride: 2, _depth);
        Residual(Five, widest, kernel: 3, stride: 1, _depth);
        Residual("map3", widest, kernel: 3, stride: 1, _depth);
        ResidualPair last = Register("last", new ResidualPair(widest, features, kernel: 3, stride: 1));
        BatchNorm2d norm = Register("norm", new BatchNorm2d(features));
        AddStage("last", features, _stride, x => norm.Forward(last.Forward(x)));
    }

    [Encoder("amdim", typeof(AmdimEncoderOptions))]
    internal static Encoder Create(EncoderOptions options) => new AmdimEncoder((AmdimEncoderOptions)options);

    private void First(string name, int outputs, int kernel, int stride, int border)
    {
        Conv2d conv = Register(name, new Conv2d(_channels, outputs, kernel, stride));
        (_channels, _stride) = (outputs, _stride * stride);
        AddStage(name, outputs, _stride, x => Functional.Relu(conv.Forward(border == 0 ? x : Functional.ReflectionPad(x, border))));
    }

    private void Residual(string name, int outputs, int kernel, int stride, int depth)
    {
        Sequential block = new(new ResidualPair(_channels, outputs, kernel, stride));
        for (int i = 1; i < depth; i++) block.Add(new ResidualPair(outputs, outputs, kernel: 1, stride: 1));
        (_channels, _stride) = (outputs, _stride * stride);
        AddStage(name, outputs, _stride, Register(name, block).Forward);
    }

    /// <summary>k×k, ReLU, 1×1 beside the mean of the same window, with channels of zeros behind it where there are more outputs.</summary>
    private sealed class ResidualPair : Layer
    {
        private readonly Conv2d _first, _second;
        private readonly int _inputs, _outputs, _kernel, _stride;

        internal ResidualPair(int inputs, int outputs, int kernel, int stride)
        {
            (_inputs, _outputs, _kernel, _stride) = (inputs, outputs, kernel, stride);
            _first = Register("conv1", new Conv2d(inputs, outputs, kernel, stride, bias: false));
            _second = Register("conv2", new Conv2d(outputs, outputs, 1, bias: false));
            using GradMode off = GradMode.Off();
            _second.Weight.ZeroInPlace();
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor mean = _kernel == 1 ? x : Functional.AveragePool2d(x, _kernel, _stride);
            if (_outputs > _inputs) mean = Functional.PadChannels(mean, _outputs - _inputs);
            return _second.Forward(Functional.Relu(_first.Forward(x))) + mean;
        }
    }
}

/// <summary>Options of <see cref="AmdimEncoder"/>.</summary>
/// <inheritdoc cref="SizedEncoderOptions"/>
public sealed record AmdimEncoderOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1,
    Pooling Pooling = Pooling.Average, [Bounds(1, 4096)] int Side = 96, [Bounds(1, 64)] int Depth = 3,
    [Bounds(1, 16384)] int Features = 1024,
    PatchGrid? Patches = null) : SizedEncoderOptions(Name, Width, Channels, BatchNormSplits, Pooling, Side, Patches)
{
    /// <summary>Layers a block; n_depth in the code.</summary>
    public int Depth { get; init; } = Depth;

    /// <summary>Numbers a picture; n_rkhs in the code.</summary>
    public int Features { get; init; } = Features;
}
