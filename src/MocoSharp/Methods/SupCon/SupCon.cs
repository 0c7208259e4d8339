using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.SupCon;

/// <summary>Supervised contrastive learning: a view finds all views of its picture's class among those of the batch.</summary>
/// <remarks>Khosla et al. 2020, arXiv:2004.11362, eq. 2. It learns from labels. A picture without one has its own other view as its only
/// positive, as in SimCLR; without any label the two losses are the same. Both views go through the network together, as in the authors'
/// code (HobbitLong/SupContrast at 66a8fe5). Departure: the loss is the paper's formula, without the code's factor τ / 0.07.</remarks>
[Method("supcon", typeof(SupConOptions))]
public sealed class SupCon : Method
{
    private readonly ProjectionNetwork _network;
    private readonly SupConOptions _options;
    private readonly int _batch;

    /// <summary>Builds the network.</summary>
    public SupCon(MethodParts parts, SupConOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        _network = Register("network", new ProjectionNetwork(parts.Encoder(), features =>
            Heads.Mlp(features, [options.HiddenFeatures == 0 ? features : options.HiddenFeatures], options.ProjectionFeatures)));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override bool LearnsFromLabels => true;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch > 0 ? Math.Log(2 * _batch - 1) : null;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor z = Project(Cat([batch.View(0), batch.View(1)], dim: 0));                     // [2N, D]
        return new StepResult(NtXent.Loss(Peers.Gather(z), Groups(batch.Whole.Labels).To(z.Device), _options.Temperature));
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    /// <summary>[2N]: the class of each view; a number below 0 of the picture's own where it has none.</summary>
    private static Tensor Groups(IReadOnlyList<int> labels)
    {
        IEnumerable<long> one = labels.Select(static (label, place) => label >= 0 ? label : -1L - place);
        return Tensor.From([.. one, .. one], 2 * labels.Count);
    }
}
