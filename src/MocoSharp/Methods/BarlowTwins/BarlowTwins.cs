using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.BarlowTwins;

/// <summary>Barlow Twins: each number of a projection correlates with itself in the other view, and with no other number.</summary>
/// <remarks>Zbontar et al. 2021, arXiv:2103.03230, eq. 1: Σ (1 − C_ii)² + λ Σ C_ij², where C is the correlation of both views over the
/// batch, standardized by a batch norm without scale and shift, as in the authors' code (facebookresearch/barlowtwins at 8e8d284).
/// Departure: residual blocks do not start at zero.</remarks>
[Method("barlow-twins", typeof(BarlowTwinsOptions))]
public sealed class BarlowTwins : Method
{
    private readonly ProjectionNetwork _network;
    private readonly BatchNorm1d _norm;
    private readonly BarlowTwinsOptions _options;

    /// <summary>Builds the network.</summary>
    public BarlowTwins(MethodParts parts, BarlowTwinsOptions options)
    {
        _options = options.InBounds();
        _network = Register("network", new ProjectionNetwork(parts.Encoder(), features =>
            Heads.NormedMlp(features, options.HiddenFeatures, options.HiddenLayers, options.ProjectionFeatures, HeadEnd.Unbiased)));
        _norm = Register("norm", new BatchNorm1d(options.ProjectionFeatures, affine: false));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z1 = _network.Forward(batch.View(0)), z2 = _network.Forward(batch.View(1));              // [N, D]
        Tensor a = Peers.Gather(_norm.Forward(z1)), b = Peers.Gather(_norm.Forward(z2)) / (batch.Count * Peers.Count);
        Tensor own = (a * b).Sum(dim: 0), all = MatMul(a.T, b);                                         // C's diagonal [D], C [D, D]
        Tensor redundancy = all.Pow(2).Sum() - own.Pow(2).Sum();
        Tensor loss = ((1 - own).Pow(2).Sum() + redundancy * _options.RedundancyWeight) * _options.LossScale;
        Dictionary<string, double> measures = OutputSpread.Of(z1, Peers);
        measures["correlation"] = own.Mean().ToDouble();
        return new StepResult(loss, measures);
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}
