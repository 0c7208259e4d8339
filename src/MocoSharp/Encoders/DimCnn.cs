using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>The small encoder of Deep InfoMax: 4×4 convolutions of stride 2 down to 4×4 places, each with batch norm and ReLU, then one
/// dense layer.</summary>
/// <remarks>Hjelm et al. 2018, arXiv:1808.06670, as in rdevon/DIM at bac4765, configs/convnets.py (basic32x32 and basic64x64): 64, 128, 256
/// (, 512) channels and 1,024 features. Nothing before a batch norm has a bias. It depends on the pictures' side, and has no use for
/// <see cref="Pooling"/>.</remarks>
public sealed class DimCnn : Encoder
{
    private const int Width = 64, Dense = 1024, LastSide = 4;
    private readonly Linear _dense;
    private readonly BatchNorm1d _norm;
    private readonly int _features;

    private DimCnn(SizedEncoderOptions options) : base(options)
    {
        OptionException.Require(options.Side >= 4 * LastSide && int.IsPow2(options.Side), "side", options.Side,
            "16, 32, 64 or another power of two for this encoder");
        int width = Scaled(Width, options), inputs = options.Channels, side = options.Side;
        for (int i = 1; side > LastSide; i++, side /= 2)
        {
            int outputs = width << (i - 1);
            ConvNorm pair = new(Register($"conv{i}", new Conv2d(inputs, outputs, 4, stride: 2, padding: 1, bias: false)),
                Register($"bn{i}", Norm(outputs, options)));
            AddStage($"conv{i}", outputs, 1 << i, x => pair.ForwardRelu(x));
            inputs = outputs;
        }
        _features = Scaled(Dense, options);
        _dense = Register("dense", new Linear(inputs * LastSide * LastSide, _features, bias: false));
        _norm = Register("dense_bn", new BatchNorm1d(_features));
    }

    /// <inheritdoc/>
    public override int Features => _features;

    [Encoder("dim-cnn", typeof(SizedEncoderOptions))]
    internal static Encoder Create(EncoderOptions options) => new DimCnn((SizedEncoderOptions)options);

    private protected override Tensor Summarize(Tensor map) => Functional.AtLeastFloat32(_norm.ForwardRelu(_dense.Forward(map.Flatten(1))));

    private static int Scaled(int channels, EncoderOptions options) => Math.Max(1, (int)Math.Round(channels * options.Width));

    private static BatchNorm2d Norm(int channels, EncoderOptions options) =>
        options.BatchNormSplits == 1 ? new BatchNorm2d(channels) : new SplitBatchNorm2d(channels, options.BatchNormSplits);
}
