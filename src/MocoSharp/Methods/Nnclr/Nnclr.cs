using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Nnclr;

/// <summary>Nearest-neighbor contrastive learning: a picture's positive is the other view's prediction for its nearest neighbor in a
/// support set.</summary>
/// <remarks>Dwibedi et al. 2021, arXiv:2104.14548, eq. 3 and 4, in the paper's form: projector of three layers and predictor of two, both
/// with batch norm. The neighbor is looked up by the bare projection and is a constant; the predictor acts on the other side. As in
/// solo-learn (9187ea3), the loss is the mean of both directions and only the first view's projections enter the support set, after the
/// backward pass. Linear layers before a batch norm keep their bias.</remarks>
[Method("nnclr", typeof(NnclrOptions))]
public sealed class Nnclr : Method<NnclrStep>
{
    private readonly ProjectionNetwork _network;
    private readonly Layer _predictor;
    private readonly SupportSet _support;
    private readonly NnclrOptions _options;
    private readonly int _batch;

    /// <summary>Builds networks and support set.</summary>
    public Nnclr(MethodParts parts, NnclrOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        Encoder encoder = parts.Encoder();
        int features = options.ProjectionFeatures;
        _network = Register("network", new ProjectionNetwork(encoder,
            Heads.Projector(encoder.Features, [options.HiddenFeatures, options.HiddenFeatures], features, norm: true, lastNorm: true)));
        _predictor = Register("predictor", Heads.Projector(features, [options.PredictorFeatures], features, norm: true));
        _support = Register("support", new SupportSet(options.SupportLength, features));
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
        Tensor raw1 = _network.Forward(batch.View(0)), raw2 = _network.Forward(batch.View(1));        // [N, D]
        Tensor z1 = Normalize(raw1), z2 = Normalize(raw2);
        Tensor p1 = Normalize(_predictor.Forward(raw1)), p2 = Normalize(_predictor.Forward(raw2));
        (Tensor near1, Tensor indices) = _support.Nearest(z1);
        (Tensor near2, _) = _support.Nearest(z2);
        Tensor own = Peers.Own(Tensor.Arange(batch.Count * Peers.Count)).To(z1.Device);
        Tensor loss = (CrossEntropy(MatMul(near1, Peers.Gather(p2).T) / _options.Temperature, own)
            + CrossEntropy(MatMul(near2, Peers.Gather(p1).T) / _options.Temperature, own)) / 2;
        Dictionary<string, double> measures = [];
        if (_support.Purity(Peers.Gather(indices), batch.Whole.Labels) is { } purity) measures["neighbor_purity"] = purity;
        return new NnclrStep(loss, z1.Detach(), batch.Labels, measures);
    }

    /// <inheritdoc/>
    protected override void Remember(NnclrStep step) => _support.Push(step.Projections, step.Labels);

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));
}
