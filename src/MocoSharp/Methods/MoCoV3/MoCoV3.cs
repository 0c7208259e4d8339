using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.MoCoV3;

/// <summary>Momentum contrast v3: each view's prediction finds the other view's momentum key among the keys of the batch. No
/// queue.</summary>
/// <remarks>Chen et al. 2021, arXiv:2104.02057, Algorithm 1, both directions added, each times 2τ (facebookresearch/moco-v3 at c349e6e).
/// The momentum update runs after the optimizer's instead of before the next keys: the same sequence. The key network is in training mode
/// and keeps batch norm statistics of its own.</remarks>
[Method("moco-v3", typeof(MoCoV3Options))]
public sealed class MoCoV3 : Method
{
    private readonly ProjectionNetwork _query, _key;
    private readonly Layer _predictor;
    private readonly MomentumPair _pair;
    private readonly MoCoV3Options _options;
    private readonly int _batch;

    /// <summary>Builds both networks and the predictor.</summary>
    public MoCoV3(MethodParts parts, MoCoV3Options options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        _query = Register("query", new ProjectionNetwork(parts.Encoder(), Projector));
        _key = Register("key", new ProjectionNetwork(parts.Encoder(), Projector));
        _predictor = Register("predictor", Heads.NormedMlp(options.ProjectionFeatures, options.PredictorFeatures, 1,
            options.ProjectionFeatures, options.PredictorNorm ? HeadEnd.Normed : HeadEnd.Unbiased));
        _pair = new MomentumPair(leader: _query, follower: _key);
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _query.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _query.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch > 0 ? 4 * _options.Temperature * Math.Log(_batch) : null;

    /// <inheritdoc/>
    public override StepResult Step(Batch batch)
    {
        Tensor k1 = Key(batch.View(0)), k2 = Key(batch.View(1));                             // [N, D], constants
        Tensor q1 = Query(batch.View(0)), q2 = Query(batch.View(1));
        return new StepResult(Contrast(q1, k2) + Contrast(q2, k1));
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.KeyMomentum, clock);

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_query.Forward(pictures));

    private Tensor Query(Tensor pictures) => Normalize(_predictor.Forward(_query.Forward(pictures)));

    private Tensor Key(Tensor pictures) => NoGrad(() => Normalize(_key.Forward(pictures)));

    private Tensor Contrast(Tensor query, Tensor key)
    {
        Tensor all = NoGrad(() => Peers.Gather(key)), logits = MatMul(query, all.T) / _options.Temperature;      // [N, N · W]
        Tensor own = Peers.Own(Tensor.Arange(all.Size(0))).To(query.Device);
        return CrossEntropy(logits, own) * (2 * _options.Temperature);
    }

    private Sequential Projector(int features) =>
        Heads.NormedMlp(features, _options.HiddenFeatures, _options.HiddenLayers, _options.ProjectionFeatures, HeadEnd.Normed);
}
