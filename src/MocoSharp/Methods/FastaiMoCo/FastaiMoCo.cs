using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.FastaiMoCo;

/// <summary>Momentum Contrast as self_supervised does it for fastai: the other keys of the batch are negatives too, and batch norm is not
/// shuffled.</summary>
/// <remarks>KeremTurgutlu/self_supervised at 360df7f, vision/moco.py. A row's N + K logits are its products with all keys of the batch and
/// of the queue, and its class is its own row: He et al.'s Algorithm 1 has 1 + K. The momentum update follows the optimizer's, then the
/// queue takes the keys; here the queue takes them after the backward pass, which gives the same sequence. In a validation pass both
/// networks are in evaluation mode and nothing moves. The queue need not be a multiple of the batch.</remarks>
[Method("fastai-moco", typeof(FastaiMoCoOptions))]
public sealed class FastaiMoCo : Method<KeyStep>
{
    private readonly ProjectionNetwork _query, _key;
    private readonly MomentumPair _pair;
    private readonly KeyQueue _queue;
    private readonly FastaiMoCoOptions _options;
    private readonly int _batch;

    /// <summary>Builds both networks and the queue.</summary>
    public FastaiMoCo(MethodParts parts, FastaiMoCoOptions options)
    {
        (_options, _batch) = (options.InBounds(), parts.Batch);
        _query = Register("query", Network(parts.Encoder()));
        _key = Register("key", Network(parts.Encoder()));
        _pair = new MomentumPair(leader: _query, follower: _key);
        _queue = Register("queue", new KeyQueue(options.QueueLength, options.KeyFeatures));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _query.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _query.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => _batch > 0 ? Math.Log(_batch + _queue.Length) : null;

    /// <summary>The older keys.</summary>
    public KeyQueue Queue => _queue;

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _queue.Fill };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures)
    {
        if (_queue.Length >= pictures)
            yield return $"the queue holds {_queue.Length} keys and there are {pictures} pictures: a picture would meet its own older "
                + $"keys as negatives; "
                + $"the original asks for fewer keys than pictures (--set method.queueLength=…)";
    }

    /// <inheritdoc/>
    public override KeyStep Step(Batch batch)
    {
        Tensor query = Project(batch.View(0));                                               // [N, D]
        Tensor key = NoGrad(() => Normalize(_key.Forward(batch.View(1))));                   // [N, D], constants
        Tensor keys = NoGrad(() => Peers.Gather(key));
        Tensor logits = MatMul(query, Cat([keys, _queue.Keys], dim: 0).T) / _options.Temperature;  // [N, N + K]
        return new KeyStep(CrossEntropy(logits, Peers.Own(Tensor.Arange(keys.Size(0))).To(query.Device)), key);
    }

    /// <inheritdoc/>
    protected override void Remember(KeyStep step) => _queue.Push(step.Keys);

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.KeyMomentum);

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_query.Forward(pictures));

    private ProjectionNetwork Network(Encoder encoder)
    {
        Sequential head = Heads.Projector(encoder.Features, [.. Enumerable.Repeat(_options.HiddenFeatures, _options.Layers - 1)],
            _options.KeyFeatures, _options.HeadNorm);
        using GradMode off = GradMode.Off();
        foreach (Linear layer in head.OfType<Linear>())
        {
            Initialization.KaimingNormalFanIn(layer.Weight);
            layer.Bias!.ZeroInPlace();
        }
        return new ProjectionNetwork(encoder, head);
    }
}
