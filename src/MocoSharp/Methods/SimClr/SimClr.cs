using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.SimClr;

/// <summary>SimCLR: a picture's two views find each other among all views of the batch.</summary>
/// <remarks>Chen et al. 2020, arXiv:2002.05709; v2's deeper head: arXiv:2006.10029. Both views go through the network together, as in the
/// authors' code (google-research/simclr at 383d414). Departures: the loss is the paper's mean, half of the code's; with
/// <see cref="SimClrOptions.HeadNorm"/> the last batch norm has no learned scale, where the code's has one.</remarks>
[Method("simclr", typeof(SimClrOptions))]
public sealed class SimClr : Method
{
    private readonly ProjectionNetwork _network;
    private readonly SimClrOptions _options;
    private readonly int _batch;

    /// <summary>Builds the network.</summary>
    public SimClr(MethodParts parts, SimClrOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        _network = Register("network", new ProjectionNetwork(parts.Encoder(), HeadOf));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch > 0 ? Math.Log(2 * _batch - 1) : null;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z = Project(Cat([batch.View(0), batch.View(1)], dim: 0));                     // [2N, D]
        return new StepResult(NtXent.Loss(Peers.Gather(z), _options.Temperature));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    private Sequential HeadOf(int features)
    {
        int hidden = _options.HiddenFeatures == 0 ? features : _options.HiddenFeatures;
        return _options.HeadNorm
            ? Heads.NormedMlp(features, hidden, _options.HiddenLayers, _options.ProjectionFeatures, HeadEnd.Normed)
            : Heads.Mlp(features, [.. Enumerable.Repeat(hidden, _options.HiddenLayers)], _options.ProjectionFeatures);
    }
}
