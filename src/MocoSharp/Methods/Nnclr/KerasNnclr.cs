using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Nnclr;

/// <summary>Nearest-neighbor contrastive learning as Keras' example does it: no predictor, a straight-through neighbor, four blocks of
/// logits.</summary>
/// <remarks>keras-io examples/vision/nnclr.py at 02ad465. The neighbor takes the projection's place in value and lets the gradient through
/// to the projection, unlike the paper's. Departures: the four blocks' cross-entropies are averaged over their 4 N rows (there they stay a
/// vector, whose gradient is that of the sum; under Adam the scale does not matter), and the queue takes the first view's projections after
/// the backward pass instead of before it, which changes no value; head and probe start as torch's linear layers and not by Glorot's rule;
/// Adam's epsilon is torch's 1e-8. The online probe belongs to the recipe (<c>probe</c>), for any method.</remarks>
[Method("nnclr-keras", typeof(KerasNnclrOptions))]
public sealed class KerasNnclr : Method<NnclrStep>
{
    private readonly ProjectionNetwork _network;
    private readonly SupportSet _support;
    private readonly KerasNnclrOptions _options;
    private readonly int _batch;

    /// <summary>Builds network and queue.</summary>
    public KerasNnclr(MethodParts parts, KerasNnclrOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        Encoder encoder = parts.Encoder();
        _network = Register("network", new ProjectionNetwork(encoder,
            Heads.Mlp(encoder.Features, [options.ProjectionFeatures], options.ProjectionFeatures)));
        _support = Register("support", new SupportSet(options.SupportLength, options.ProjectionFeatures));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch > 0 ? Math.Log(_batch) : null;

    /// <summary>Where neighbors are looked up.</summary>
    public SupportSet Support => _support;

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _support.Fill };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures) => SupportSet.Warnings(_options.SupportLength, pictures);

    /// <inheritdoc/>
    public override NnclrStep Step(Batch batch)
    {
        Tensor features1 = Encoder.Forward(batch.View(0)), features2 = Encoder.Forward(batch.View(1));      // [N, F]
        Tensor p1 = Normalize(_network.Head.Forward(features1)), p2 = Normalize(_network.Head.Forward(features2));      // [N, D]
        (Tensor near1, Tensor indices) = Neighbor(p1);
        (Tensor near2, _) = Neighbor(p2);
        (Tensor all1, Tensor all2) = (Peers.Gather(p1), Peers.Gather(p2));                                                  // [N · W, D]
        Tensor first = MatMul(Peers.Gather(near1), all2.T) / _options.Temperature;                                         // [N · W, N · W]
        Tensor second = MatMul(Peers.Gather(near2), all1.T) / _options.Temperature;
        Tensor own = Tensor.Arange(all1.Size(0), device: p1.Device);
        Tensor loss = (CrossEntropy(first, own) + CrossEntropy(first.T, own) + CrossEntropy(second, own) + CrossEntropy(second.T, own)) / 4;
        Dictionary<string, double> measures = new()
        {
            ["c_acc"] = ViewAgreement.Contrastive(Peers.Gather(features1.Detach()), Peers.Gather(features2.Detach())),
            ["r_acc"] = ViewAgreement.Correlation(Peers.Gather(features1.Detach()), Peers.Gather(features2.Detach())),
        };
        if (_support.Purity(Peers.Gather(indices), batch.Whole.Labels) is { } purity) measures["neighbor_purity"] = purity;
        return new NnclrStep(loss, p1.Detach(), batch.Labels, measures);
    }

    /// <inheritdoc/>
    protected override void Remember(NnclrStep step) => _support.Push(step.Projections, step.Labels);

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    /// <summary>The neighbor's value with the projection's gradient.</summary>
    private (Tensor Rows, Tensor Indices) Neighbor(Tensor p)
    {
        (Tensor rows, Tensor indices) = _support.Nearest(p);
        return (p + (rows - p).Detach(), indices);
    }
}
