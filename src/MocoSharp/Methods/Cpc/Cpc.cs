using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Cpc;

/// <summary>Contrastive predictive coding: what is known of a picture down to a row of patches must tell the patches some rows further down
/// from others.</summary>
/// <remarks>van den Oord et al. 2018, arXiv:1807.03748, section 3.2, in the form of loeweX/Greedy_InfoMax at 22d17e4 (one direction, 7×7
/// patches of 16 pixels) or of rschwarz15/CPCV2-PyTorch at c39c85a (four directions, 5×5 patches of 10 pixels on CIFAR-10). Departures: the
/// softmax has no guard of 1e-11; negatives for all positions are looked up in one matrix of scores, the same numbers.</remarks>
[Method("cpc", typeof(CpcOptions))]
public sealed class Cpc : Method
{
    private readonly PatchEncoder _encoder;
    private readonly MaskedContext _context;
    private readonly PatchPrediction[,] _predictions;            // [direction, step]
    private readonly CpcOptions _options;

    /// <summary>Builds encoder, context network and prediction weights.</summary>
    /// <exception cref="OptionException">The encoder does not see patches.</exception>
    public Cpc(MethodParts parts, CpcOptions options)
    {
        _options = options.Checked();
        if (parts.Options.Patches is null)
            throw new OptionException("encoder.patches", null, "and this method predicts patches from patches",
                fix: "set encoder.patches to { side: 16, stride: 8 } or the like");
        _encoder = Register("encoder", (PatchEncoder)parts.Encoder());
        _context = Register("context", new MaskedContext(_encoder.Features, options.ContextLayers));
        _predictions = new PatchPrediction[options.Directions, options.Steps];
        for (int direction = 0; direction < options.Directions; direction++)
            for (int step = 0; step < options.Steps; step++)
                _predictions[direction, step] = Register($"predict{direction}_{step + 1}", new PatchPrediction(_encoder.Features));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _encoder;

    /// <inheritdoc/>
    public override int Views => 1;

    /// <inheritdoc/>
    // with all patches it depends on the grid
    public override double? ChanceLoss => _options.Negatives > 0 ? Math.Log(1 + _options.Negatives) : null;

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures)
    {
        if (_encoder.Buffers().Any(static buffer => buffer.Name.EndsWith("running_mean", StringComparison.Ordinal)))
            yield return $"encoder {_encoder.Options.Name} has batch norm: its statistics over all patches of the batch tell a patch of "
                + $"those that are to be predicted; "
                + "one without it suits better (--set encoder.name=cpc-small)";
        PatchGrid patches = _encoder.Options.Patches!;
        if ((1 + _options.Skip) * patches.Stride < patches.Side)
            yield return $"a patch has {patches.Side} rows of pixels and the first that is predicted begins "
                + $"{(1 + _options.Skip) * patches.Stride} below: the context sees pixels of what it predicts; "
                + $"leave out more rows (--set method.skip={(patches.Side - 1) / patches.Stride})";
    }

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor pictures = batch.View(0);
        Tensor patches = Peers.Gather(_encoder.Encode(pictures, PatchEncoder.Grid).Maps[PatchEncoder.Grid]);
        batch = batch.Whole;
        RequireRows(patches);
        Tensor loss = Tensor.Zeros([], patches.DType, patches.Device);
        for (int direction = 0; direction < _options.Directions; direction++)
        {
            Tensor grid = QuarterTurns.Of(patches, direction), context = Known(grid, pictures.DType);
            for (int step = 1; step <= _options.Steps; step++)
            {
                int use = direction * _options.Steps + step - 1;
                loss += _predictions[direction, step - 1]
                    .Loss(grid, context, step + _options.Skip, _options.Negatives == 0 ? null : rows => Drawn(batch, use, rows));
            }
        }
        return new StepResult(loss / (_options.Directions * _options.Steps));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_encoder.Forward(pictures));

    /// <summary>What is known of a grid down to each row, [N, C, H, W] in fp32; computed in the pictures' type.</summary>
    internal Tensor Known(Tensor grid, DType type) => AtLeastFloat32(_context.Forward(grid.To(type)));

    private long[] Drawn(Batch batch, int use, int rows) => batch.Noise(use, rows / batch.Count * _options.Negatives, rows);

    private void RequireRows(Tensor patches)
    {
        long rows = _options.Directions == 1 ? patches.Size(2) : Math.Min(patches.Size(2), patches.Size(3));
        if (_options.Steps + _options.Skip >= rows)
            throw new OptionException(nameof(CpcOptions.Steps), _options.Steps,
                $"and with {_options.Skip} rows skipped the last one lies beyond the {rows} rows of patches",
                fix: $"set steps to {Math.Max(1, rows - 1 - _options.Skip)} or less, or cut smaller patches (encoder.patches)");
    }
}
