using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>ConvNeXt: residual blocks of a 7×7 convolution that sees each channel by itself, a layer norm, and two layers for each place by
/// itself.</summary>
/// <remarks>Liu et al. 2022, arXiv:2201.03545, and the atto size of timm; names, shapes and starting weights are timm's, which for atto
/// means 1×1 convolutions in place of linear layers. <see cref="ConvNeXtOptions.PatchSize"/> is the first convolution's stride: 4 in the
/// paper, 1 or 2 for pictures of 32 pixels. A block's scale starts at 1e-6, so that it learns slowly at first: for few epochs another
/// encoder does better. There is no batch norm: <see cref="EncoderOptions.BatchNormSplits"/> must be 1.</remarks>
public sealed class ConvNeXt : Encoder
{
    private const double Deviation = 0.02;
    private readonly LayerNorm _norm;

    private ConvNeXt(ConvNeXtOptions options, ReadOnlySpan<int> blocks, int channels, bool asConvolutions) : base(options)
    {
        OptionException.Require(options.BatchNormSplits == 1, "batchNormSplits", options.BatchNormSplits,
            "1 for this encoder: it has no batch norm");
        int width = Math.Max(1, (int)Math.Round(channels * options.Width)), stride = options.PatchSize;
        Sequential stem = Register("stem", new Sequential(
            new Conv2d(options.Channels, width, options.PatchSize, stride: options.PatchSize, padding: 0), new MapNorm(width)));
        AddStage("stem", width, stride, stem.Forward, [stem]);
        Sequential stages = Register("stages", new Sequential());
        for (int i = 0; i < blocks.Length; i++, width *= 2)
        {
            Stage stage = new(i == 0 ? width : width / 2, width, blocks[i], asConvolutions);
            stages.Add(stage);
            if (i > 0) stride *= 2;
            AddStage($"stage{i + 1}", width, stride, stage.Forward, [stage]);
        }
        Sequential head = Register("head", new Sequential());
        head.Add("norm", _norm = new LayerNorm(Features, TransformerBlock.Epsilon));
        Start();
    }

    [Encoder("convnext-tiny", typeof(ConvNeXtOptions))]
    internal static Encoder Tiny(EncoderOptions options) => new ConvNeXt((ConvNeXtOptions)options, [3, 3, 9, 3], 96, asConvolutions: false);

    [Encoder("convnext-atto", typeof(ConvNeXtOptions))]
    internal static Encoder Atto(EncoderOptions options) => new ConvNeXt((ConvNeXtOptions)options, [2, 2, 6, 2], 40, asConvolutions: true);

    private protected override Tensor Summarize(Tensor map) => _norm.Forward(base.Summarize(map));

    // timm's truncation, at 100 deviations, never happens
    private void Start()
    {
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in Parameters())
        {
            if (value.Rank > 1) value.NormalInPlace(0, Deviation);
            else if (name.EndsWith(".bias", StringComparison.Ordinal)) value.ZeroInPlace();
        }
    }

    /// <summary>A stage: half the map's sides where it is not the first, then blocks.</summary>
    private sealed class Stage : Layer
    {
        private readonly Layer _downsample;
        private readonly Sequential _blocks = new();

        internal Stage(int inputs, int outputs, int blocks, bool asConvolutions)
        {
            _downsample = inputs == outputs ? new Identity()
                : Register("downsample", new Sequential(new MapNorm(inputs), new Conv2d(inputs, outputs, 2, stride: 2, padding: 0)));
            for (int i = 0; i < blocks; i++) _blocks.Add(new Block(outputs, asConvolutions));
            _ = Register("blocks", _blocks);
        }

        protected override Tensor Compute(Tensor x) => _blocks.Forward(_downsample.Forward(x));
    }

    private sealed class Block : Layer
    {
        private const int Kernel = 7, Expansion = 4;
        private const double FirstScale = 1e-6;

        private readonly Conv2d _depthwise;
        private readonly LayerNorm _norm;
        private readonly Layer _first, _second;
        private readonly Tensor _scale;
        private readonly bool _asConvolutions;

        internal Block(int channels, bool asConvolutions)
        {
            _asConvolutions = asConvolutions;
            _scale = Parameter("gamma", Tensor.Full([channels], FirstScale));
            _depthwise = Register("conv_dw", new Conv2d(channels, channels, Kernel, padding: Kernel / 2, groups: channels));
            _norm = Register("norm", new LayerNorm(channels, TransformerBlock.Epsilon));
            _first = Layer(channels, Expansion * channels);
            _second = Layer(Expansion * channels, channels);
            _ = Register("mlp", new Sequential { { "fc1", _first }, { "fc2", _second } });
        }

        protected override Tensor Compute(Tensor x)
        {
            Tensor places = _norm.Forward(_depthwise.Forward(x).Permute(0, 2, 3, 1)).To(x.DType);           // [N, H, W, C]
            Tensor inner = _asConvolutions
                ? _second.Forward(Functional.Gelu(_first.Forward(places.Permute(0, 3, 1, 2))))
                : _second.Forward(Functional.Gelu(_first.Forward(places))).Permute(0, 3, 1, 2);
            return x + inner * _scale.To(x.DType).View(1, -1, 1, 1);
        }

        private Layer Layer(int inputs, int outputs) => _asConvolutions ? new Conv2d(inputs, outputs, 1) : new Linear(inputs, outputs);
    }

    /// <summary>A layer norm over each place's channels.</summary>
    private sealed class MapNorm : Layer
    {
        private readonly Tensor _weight, _bias;

        internal MapNorm(int channels)
        {
            _weight = Parameter("weight", Tensor.Ones([channels]));
            _bias = Parameter("bias", Tensor.Zeros([channels]));
        }

        protected override Tensor Compute(Tensor x) =>
            Functional.LayerNorm(Functional.AtLeastFloat32(x).Permute(0, 2, 3, 1), _weight, _bias, TransformerBlock.Epsilon)
                .Permute(0, 3, 1, 2).To(x.DType);
    }
}

/// <summary>Options of <see cref="ConvNeXt"/>.</summary>
/// <inheritdoc cref="EncoderOptions"/>
public sealed record ConvNeXtOptions(
    string Name, [Bounds(0, 16, ExceptLeast = true)] double Width = 1, [Bounds(1, 256)] int Channels = 3,
    [Bounds(1, 1024)] int BatchNormSplits = 1, Pooling Pooling = Pooling.Average, [Bounds(1, 32)] int PatchSize = 4,
    PatchGrid? Patches = null) : EncoderOptions(Name, Width, Channels, BatchNormSplits, Pooling, Patches)
{
    /// <summary>Side and stride of the first convolution, in pixels.</summary>
    public int PatchSize { get; init; } = PatchSize;

    internal override bool HasBatchNorm => false;
}
