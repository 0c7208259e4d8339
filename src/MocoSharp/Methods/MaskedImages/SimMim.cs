using MocoSharp.Encoders;
using MocoSharp.Imaging.Augment;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.MaskedImages;

/// <summary>SimMIM: parts of a picture are hidden, the encoder sees a learned token in their place, and one layer predicts their
/// pixels.</summary>
/// <remarks>Xie et al. 2021, arXiv:2111.09886, and its official code, on plain vision transformers with absolute positions where the
/// original has relative ones. Pixels are predicted as they are after the recipe's normalization.</remarks>
[Method("simmim", typeof(SimMimOptions))]
public sealed class SimMim : Method
{
    private const double TokenDeviation = 0.02;
    private readonly VisionTransformer _encoder;
    private readonly SimMimOptions _options;
    private readonly Linear _predict;
    private readonly Tensor _mask;

    /// <summary>Builds encoder and prediction layer.</summary>
    /// <exception cref="OptionException">The encoder is no transformer, or parts are no multiples of its patches.</exception>
    public SimMim(MethodParts parts, SimMimOptions options)
    {
        _options = options.InBounds();
        if (parts.Options is VisionTransformerOptions { PatchSize: var patch } && Cell(patch) % patch != 0)
            throw new OptionException(nameof(options.MaskSize), options.MaskSize, $"and the encoder's patches have {patch} pixels",
                fix: $"set maskSize to a multiple of {patch}, or to 0 for single patches");
        _encoder = Register("encoder", MaskedPatches.Transformer(parts));
        _mask = Parameter("mask_token", Tensor.RandomNormal([1, 1, _encoder.Dimension]).MulInPlace(TokenDeviation));
        _predict = Register("decoder", new Linear(_encoder.Dimension, _encoder.PatchSize * _encoder.PatchSize * parts.Options.Channels));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    public override void CheckViews(IReadOnlyList<ViewPipeline> views, int channels)
    {
        ImageSize size = views[0].Output(channels);
        _ = (Cells(size.Height, Cell(_encoder.PatchSize)), Cells(size.Width, Cell(_encoder.PatchSize)));
    }

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor pictures = batch.View(0), hidden = Hidden(batch, pictures);                       // [N, L, 1]
        Tensor tokens = _encoder.Embed(pictures, all =>
        {
            Tensor share = hidden.To(all.DType);
            return all * (1 - share) + _mask.To(all.DType) * share;
        });
        Tensor predicted = AtLeastFloat32(_predict.Forward(_encoder.OfPatches(_encoder.Transform(tokens))));
        Tensor targets = MaskedPatches.Pixels(pictures, _encoder.PatchSize), share = hidden.To(targets.DType);
        return new StepResult(((predicted - targets).Abs() * share).Sum() / (share.Sum() * targets.Size(2)));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>1 for each patch that is hidden, 0 for the others.</summary>
    private Tensor Hidden(Batch batch, Tensor pictures)
    {
        int patch = _encoder.PatchSize, cell = Cell(patch), rows = Cells(pictures.Size(2), cell), columns = Cells(pictures.Size(3), cell);
        int cells = rows * columns, count = (int)Math.Ceiling(_options.MaskRatio * cells), across = cell / patch;
        long[] orders = batch.Orders(0, cells);
        float[] hidden = new float[(long)batch.Count * cells * across * across];
        for (int i = 0; i < batch.Count; i++)
            foreach (long at in orders.AsSpan(i * cells, count))
                for (int inner = 0; inner < across * across; inner++)
                {
                    long row = at / columns * across + inner / across, column = at % columns * across + inner % across;
                    hidden[(i * (long)rows * across + row) * columns * across + column] = 1;
                }
        return Tensor.From(hidden, batch.Count, (long)cells * across * across, 1).To(pictures.Device);
    }

    private int Cell(int patch) => _options.MaskSize == 0 ? patch : _options.MaskSize;

    private static int Cells(long side, int cell) => side % cell == 0 ? (int)(side / cell)
        : throw new OptionException("maskSize", cell, $"and a side of {side} pixels cannot be cut into such parts",
            fix: "let the views' size be a multiple of method.maskSize");
}

/// <summary>Settings of <see cref="SimMim"/>; the defaults are the paper's.</summary>
/// <param name="MaskRatio">The share of parts that are hidden, rounded up to whole parts; 0.6.</param>
/// <param name="MaskSize">Side of a part in pixels, a multiple of the encoder's patches; 32. 0: a patch.</param>
public sealed record SimMimOptions([Bounds(0.01, 1)] double MaskRatio = 0.6, [Bounds(0, 1024)] int MaskSize = 32) : MethodOptions;
