using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.MaskedImages;

/// <summary>MAE: the encoder sees a quarter of a picture's patches, and a small decoder predicts the pixels of the others.</summary>
/// <remarks>He et al. 2021, arXiv:2111.06377, and its official code. Departures: weights start as timm's transformers do, normal with
/// deviation 0.02, and not Glorot's; registers, where the encoder has them, go through the decoder beside the class token.</remarks>
[Method("mae", typeof(MaskedAutoencoderOptions))]
public sealed class MaskedAutoencoder : Method
{
    private const double TokenDeviation = 0.02, VarianceFloor = 1e-6;
    private readonly VisionTransformer _encoder;
    private readonly MaskedAutoencoderOptions _options;
    private readonly Linear _embed, _predict;
    private readonly Sequential _blocks;
    private readonly LayerNorm _norm;
    private readonly Tensor _mask;

    /// <summary>Builds encoder and decoder.</summary>
    /// <exception cref="OptionException">The encoder is no transformer.</exception>
    public MaskedAutoencoder(MethodParts parts, MaskedAutoencoderOptions options)
    {
        _options = options.Checked();
        int features = options.DecoderFeatures;
        _encoder = Register("encoder", MaskedPatches.Transformer(parts));
        _mask = Parameter("mask_token", Tensor.RandomNormal([1, 1, features]).MulInPlace(TokenDeviation));
        _embed = Register("decoder_embed", new Linear(_encoder.Dimension, features));
        _blocks = Register("decoder_blocks", new Sequential());
        for (int i = 0; i < options.DecoderDepth; i++)
            _blocks.Add(new TransformerBlock(features, options.DecoderHeads, 4 * features));
        _norm = Register("decoder_norm", new LayerNorm(features, TransformerBlock.Epsilon));
        _predict = Register("decoder_pred", new Linear(features, PixelsAPatch));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    // of a prediction of zeros: pixels have the unbiased variance 1
    public override double? ChanceLoss => _options.NormalizeTargets ? (PixelsAPatch - 1.0) / PixelsAPatch : null;

    private int PixelsAPatch => _encoder.PatchSize * _encoder.PatchSize * _encoder.Options.Channels;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor pictures = batch.View(0), tokens = _encoder.Embed(pictures);                     // [N, L, D]
        int places = (int)tokens.Size(1), kept = (int)(places * (1 - _options.MaskRatio));
        long[] orders = batch.Orders(0, places);
        Tensor order = Tensor.From(orders, batch.Count, places).To(pictures.Device);
        Tensor restored = Tensor.From(Inverse(orders, places), batch.Count, places).To(pictures.Device);
        Tensor seen = _encoder.Transform(tokens.At(order.Narrow(1, 0, kept)));                  // [N, prefix + kept, D]
        Tensor hidden = order.Narrow(1, kept, places - kept), predicted = AtLeastFloat32(Decode(seen, restored, pictures)).At(hidden);
        Tensor off = predicted - Targets(pictures).At(hidden);
        return new StepResult((off * off).Mean());
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>All patches' pixels, [N, L, pixels], from what the encoder made of the patches that it saw.</summary>
    private Tensor Decode(Tensor seen, Tensor restored, Tensor pictures)
    {
        (int prefix, int side) = (_encoder.Prefix, _encoder.PatchSize);
        Tensor known = _embed.Forward(seen), patches = known.Narrow(1, prefix, known.Size(1) - prefix);
        Tensor masks = _mask.To(known.DType).Expand(known.Size(0), restored.Size(1) - patches.Size(1), -1);
        Tensor positions = SinePositions.Of(pictures.Size(2) / side, pictures.Size(3) / side, _options.DecoderFeatures);
        Tensor all = Tensor.Cat([patches, masks], 1).At(restored) + positions.To(pictures.Device).To(known.DType);
        Tensor decoded = _blocks.Forward(Tensor.Cat([known.Narrow(1, 0, prefix), all], 1));
        return _predict.Forward(_norm.Forward(decoded.Narrow(1, prefix, restored.Size(1))).To(known.DType));
    }

    private Tensor Targets(Tensor pictures)
    {
        Tensor pixels = MaskedPatches.Pixels(pictures, _encoder.PatchSize);
        if (!_options.NormalizeTargets) return pixels;
        Tensor variance = pixels.Variance([2], unbiased: true, keepDim: true);
        return (pixels - pixels.Mean([2], keepDim: true)) / (variance + VarianceFloor).Sqrt();
    }

    private static long[] Inverse(long[] orders, int places)
    {
        long[] inverse = new long[orders.Length];
        for (int i = 0; i < orders.Length; i++) inverse[i / places * places + orders[i]] = i % places;
        return inverse;
    }
}

/// <summary>Settings of <see cref="MaskedAutoencoder"/>; the defaults are the paper's.</summary>
/// <param name="MaskRatio">The share of patches that the encoder does not see; 0.75.</param>
/// <param name="DecoderFeatures">Numbers of a token in the decoder, a multiple of 4 and of the heads; 512.</param>
/// <param name="DecoderDepth">Blocks of the decoder; 8.</param>
/// <param name="DecoderHeads">Heads of its attention; 16.</param>
/// <param name="NormalizeTargets">Whether each patch's pixels are predicted with mean 0 and variance 1.</param>
public sealed record MaskedAutoencoderOptions(
    [Bounds(0.05, 0.99)] double MaskRatio = 0.75, [Bounds(4, 4096)] int DecoderFeatures = 512, [Bounds(0, 64)] int DecoderDepth = 8,
    [Bounds(1, 64)] int DecoderHeads = 16, bool NormalizeTargets = true) : MethodOptions
{
    internal MaskedAutoencoderOptions Checked()
    {
        OptionException.Require(DecoderFeatures % 4 == 0 && DecoderFeatures % DecoderHeads == 0, nameof(DecoderFeatures), DecoderFeatures,
            "a multiple of 4 and of decoderHeads");
        return this.InBounds();
    }
}
