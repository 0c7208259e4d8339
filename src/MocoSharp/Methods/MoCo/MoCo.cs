using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.MoCo;

/// <summary>Momentum Contrast: pull a query to its own momentum-encoded key, push it off a queue of older keys.</summary>
/// <remarks>v1: He et al. 2020, arXiv:1911.05722, Algorithm 1. v2: Chen et al. 2020, arXiv:2003.04297 (MLP head, temperature, augmentation,
/// cosine schedule). The momentum update runs after the optimizer's instead of before the next forward pass: the same sequence, since the
/// first update is the identity. On one device the effect of shuffled batch norm comes from <see cref="SplitBatchNorm2d"/> and a shuffled
/// key batch (ADR 4).</remarks>
[Method("moco", typeof(MoCoOptions))]
public sealed class MoCo : Method<KeyStep>
{
    private readonly ProjectionNetwork _query, _key;
    private readonly MomentumPair _pair;
    private readonly KeyQueue _queue;
    private readonly MoCoOptions _options;

    /// <summary>Builds both networks and the queue.</summary>
    public MoCo(Func<Encoder> encoders, MoCoOptions options)
    {
        _options = options.InBounds();
        _query = Register("query", Network(encoders()));
        _key = Register("key", Network(encoders()));
        _pair = new MomentumPair(leader: _query, follower: _key);
        _queue = Register("queue", new KeyQueue(options.QueueLength, options.KeyFeatures));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _query.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _query.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(1 + _queue.Length) * (_options.Symmetric ? 2 : 1);

    /// <inheritdoc/>
    public override bool WantsPriming => _options.FillQueueFirst && _queue.Fill < 1;

    /// <summary>The keys that are negatives now.</summary>
    public KeyQueue Queue => _queue;

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _queue.Fill };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures) =>
        KeyQueue.Warnings(_queue.Length, pictures, keysEach: _options.Symmetric ? 2 : 1);

    /// <inheritdoc/>
    public override KeyStep Step(Batch batch)
    {
        Tensor key2 = Keys(batch, view: 1);                                                  // [N, D], constants
        Tensor loss = InfoNce.Loss(Project(batch.View(0)), key2, _queue.Keys, _options.Temperature);
        if (!_options.Symmetric) return new KeyStep(loss, key2);
        Tensor key1 = Keys(batch, view: 0);
        loss += InfoNce.Loss(Project(batch.View(1)), key1, _queue.Keys, _options.Temperature);
        // both enter after both losses: no view meets its own key
        return new KeyStep(loss, Cat([key1, key2], dim: 0));
    }

    /// <inheritdoc/>
    public override void Prime(Batch batch) => _queue.Push(Keys(batch, view: 1));

    /// <inheritdoc/>
    protected override void Remember(KeyStep step) => _queue.Push(step.Keys);          // the N oldest keys leave

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.KeyMomentum);

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_query.Forward(pictures));

    private Tensor Keys(Batch batch, int view) => NoGrad(() =>
    {
        KeyOrder order = new(batch, view, Encoder.Options.BatchNormSplits);
        return order.Restore(Normalize(_key.Forward(order.Shuffle(batch.View(view)))));
    });

    private ProjectionNetwork Network(Encoder encoder) =>
        new(encoder, Heads.Mlp(encoder.Features, _options.HiddenFor(encoder.Features), _options.KeyFeatures));
}
