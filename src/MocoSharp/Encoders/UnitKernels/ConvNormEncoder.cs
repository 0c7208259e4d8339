using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders.UnitKernels;

/// <summary>A network without batch norm: a plain 5×5 convolution of stride 2 as its stem, then stages of residual blocks.</summary>
/// <remarks>From the momentum CMC system for terrain maps (github.com/tpapp157/Contrastive_Multiview_Coding-Momentum).</remarks>
internal abstract class ConvNormEncoder : Encoder
{
    private readonly int _stemChannels;

    private protected ConvNormEncoder(EncoderOptions options, int stemChannels) : base(options)
    {
        _stemChannels = stemChannels;
        Layer stem = Register("stem", NewStem(options.Channels));
        AddStage("stem", stemChannels, 2, stem.Forward);
    }

    /// <inheritdoc/>
    public sealed override Layer NewStem(int channels) => new SymmetricConv2d(channels, _stemChannels, kernel: 5, stride: 2);

    /// <summary>Appends a stage of blocks.</summary>
    private protected void AddBlocks(string name, int channels, int stride, params ReadOnlySpan<Layer> blocks) =>
        AddStage(name, channels, stride, Register(name, new Sequential(blocks)).Forward);

    /// <summary>A channel count times the encoder's width, to a multiple of a number.</summary>
    private protected static int Scaled(int channels, double width, int multiple) =>
        Math.Max(1, (int)Math.Round(channels * width / multiple)) * multiple;
}
