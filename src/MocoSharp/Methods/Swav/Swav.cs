using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.Swav;

/// <summary>Swapping assignments between views: a global view's assignment to prototypes must be told by every other view of the
/// picture.</summary>
/// <remarks>Caron et al. 2020, arXiv:2006.09882, as in facebookresearch/swav at 06b1b7c. Assignments are soft, spread evenly over the
/// prototypes by Sinkhorn's iterations, and constants. Departures: epochs, not updates, count how long the prototypes stand still, and they
/// then are put back behind each update, while the optimizer's moments keep what decay left in them; a queue is a ring, so that its length
/// need not be a multiple of the batch.</remarks>
[Method("swav", typeof(SwavOptions))]
public sealed class Swav : Method<SwavStep>
{
    private readonly ProjectionNetwork _network;
    private readonly Prototypes _prototypes;
    private readonly KeyQueue[] _queues;        // one a global view; none without a queue
    private readonly SwavOptions _options;

    /// <summary>Builds network, prototypes and queues.</summary>
    public Swav(Func<Encoder> encoders, SwavOptions options)
    {
        _options = options.InBounds();
        Encoder encoder = encoders();
        int dimensions = options.ProjectionFeatures;
        _network = Register("network", new ProjectionNetwork(encoder,
            Heads.Projector(encoder.Features, [options.HiddenFeatures], dimensions, norm: true)));
        _prototypes = Register("prototypes", new Prototypes(options.Prototypes, dimensions));
        _queues = [.. Enumerable.Range(0, options.QueueLength > 0 ? Views : 0)
            .Select(view => Register($"queue{view}", new KeyQueue(options.QueueLength, dimensions)))];
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _network.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _network.Head;

    /// <inheritdoc/>
    public override bool TakesLocalViews => true;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(_options.Prototypes);

    /// <inheritdoc/>
    public override string? RisingLoss => _queues.Length == 0 ? null
        : "The loss may rise for a while when the queue joins in. That is normal.";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => _queues.Length == 0 ? base.Measures()
        : new Dictionary<string, double> { ["queue_fill"] = _queues[0].Fill };

    /// <inheritdoc/>
    public override SwavStep Step(Batch batch)
    {
        Tensor z = Normalize(_network.Head.Forward(MultiCrop.Features(Encoder, batch)));                     // [V · N, D]
        Tensor scores = z.MatMul(IsFrozen ? _prototypes.Weight.Detach().T : _prototypes.Weight.T);            // [V · N, K]
        Tensor[] all = Peers.Gather(scores.Detach().Narrow(0, 0, (long)Views * batch.Count)).Chunk(Views);    // [N · W, K] each
        Tensor assigned = NoGrad(() => Peers.Own(Cat([.. all.Select(Assign)], dim: 0)));                      // [2 · N, K]
        Tensor loss = CrossViewEntropy.Loss(assigned, scores / _options.Temperature, batch.Views);
        return new SwavStep(loss, z.Detach().Narrow(0, 0, (long)Views * batch.Count),
            new Dictionary<string, double> { ["prototypes_used"] = Used(all[0]) });
    }

    /// <inheritdoc/>
    protected override void Remember(SwavStep step)
    {
        if (!IsQueueing) return;
        foreach ((KeyQueue queue, Tensor projections) in _queues.Zip(step.Projections.Chunk(Views))) queue.Push(projections);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock)
    {
        if (clock.Epoch < _options.FrozenEpochs) _prototypes.PutBack();
        else _prototypes.Normalize();
    }

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_network.Forward(pictures));

    private bool IsFrozen => Clock.Epoch < _options.FrozenEpochs;

    private bool IsQueueing => _queues.Length > 0 && Clock.Epoch >= _options.QueueFromEpoch;

    /// <summary>A view's assignments; a full queue of earlier pictures helps to spread them.</summary>
    private Tensor Assign(Tensor scores, int view)
    {
        Tensor all = _queues.Length > 0 && _queues[view].Fill >= 1
            ? Cat([_queues[view].Keys.MatMul(_prototypes.Weight.T), scores], dim: 0) : scores;
        return Sinkhorn.Assign(all, _options.Smoothing, _options.Iterations).Narrow(0, all.Size(0) - scores.Size(0), scores.Size(0));
    }

    /// <summary>The share of prototypes, or of pictures where these are fewer, that are some picture's nearest.</summary>
    private static double Used(Tensor scores) =>
        (double)scores.ArgMax(1).ToArray<long>().Distinct().Count() / Math.Min(scores.Size(0), scores.Size(1));
}

/// <summary>A step whose projections enter the queues.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Projections">[G · N, D]: of the global views, fp32, constants.</param>
/// <param name="Measures">The batch's own numbers by name.</param>
public sealed record SwavStep(Tensor Loss, Tensor Projections, IReadOnlyDictionary<string, double> Measures) : StepResult(Loss, Measures)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Projections];
}
