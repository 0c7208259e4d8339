using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.DenseCl;

/// <summary>Dense contrastive learning: MoCo for pictures, and for each place of the last map, whose key is the other view's place that is
/// most like it.</summary>
/// <remarks>Wang et al. 2021, arXiv:2011.09157, eq. 2 and 3 (WXinlong/DenseCL at b64bbb6). Places are matched by the cosines of the
/// encoders' maps, without gradient; the negatives of the dense loss are earlier pictures' mean dense keys. Keys are shuffled, and the
/// momentum update follows the optimizer's, as in <see cref="MoCo.MoCo"/>. Departure: the heads start as PyTorch's linear layers do, not
/// normally distributed.</remarks>
[Method("densecl", typeof(DenseClOptions))]
public sealed class DenseCl : Method<DenseClStep>
{
    private readonly DenseNetwork _query, _key;
    private readonly MomentumPair _pair;
    private readonly KeyQueue _queue, _denseQueue;
    private readonly Tensor _updates;
    private readonly DenseClOptions _options;

    /// <summary>Builds both networks and both queues.</summary>
    public DenseCl(MethodParts parts, DenseClOptions options)
    {
        _options = options.InBounds();
        _query = Register("query", new DenseNetwork(parts.Encoder(), options.HiddenFeatures, options.KeyFeatures));
        _key = Register("key", new DenseNetwork(parts.Encoder(), options.HiddenFeatures, options.KeyFeatures));
        _pair = new MomentumPair(leader: _query, follower: _key);
        _queue = Register("queue", new KeyQueue(options.QueueLength, options.KeyFeatures));
        _denseQueue = Register("dense_queue", new KeyQueue(options.QueueLength, options.KeyFeatures));
        _updates = Buffer("updates", Tensor.Zeros([], DType.Int64));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _query.Encoder;

    /// <inheritdoc/>
    public override Layer? Head => _query.Head;

    /// <inheritdoc/>
    public override double? ChanceLoss => Math.Log(1 + _queue.Length);

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _queue.Fill };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures) => KeyQueue.Warnings(_queue.Length, pictures);

    /// <inheritdoc/>
    public override DenseClStep Step(Batch batch)
    {
        DenseView query = _query.See(batch.View(0)), key = Key(batch);
        Tensor whole = InfoNce.Loss(query.Whole, key.Whole, _queue.Keys, _options.Temperature);
        Tensor dense = InfoNce.Loss(query.Each, Partners(query, key), _denseQueue.Keys, _options.Temperature);
        double weight = _updates.ToInt64() < _options.DenseFrom ? 0 : _options.DenseWeight;
        Dictionary<string, double> measures = new() { ["whole_loss"] = whole.ToDouble(), ["dense_loss"] = dense.ToDouble() };
        return new DenseClStep(whole * (1 - weight) + dense * weight, key.Whole, key.Mean, measures);
    }

    /// <inheritdoc/>
    protected override void Remember(DenseClStep step)
    {
        _queue.Push(step.Keys);
        _denseQueue.Push(step.DenseKeys);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock)
    {
        _pair.Update(_options.KeyMomentum);
        _updates.AddInPlace(1);
    }

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Normalize(_query.Head.Forward(Encoder.Forward(pictures)));

    private DenseView Key(Batch batch)
    {
        using GradMode off = GradMode.Off();
        return TensorScope.Keep(() =>
        {
            KeyOrder order = new(batch, view: 1, Encoder.Options.BatchNormSplits);
            return _key.See(order.Shuffle(batch.View(1))).Through(order.Restore);
        }, static view => view.Tensors);
    }

    /// <summary>[N · P, D]: for each place of the query's map, the key of the place most like it.</summary>
    private static Tensor Partners(DenseView query, DenseView key)
    {
        long pictures = key.Places.Size(0), places = key.Places.Size(1);
        Tensor nearest = query.Map.MatMul(key.Map.Transpose(1, 2)).ArgMax(dim: 2);                   // [N, P]
        Tensor first = Tensor.Arange(pictures, device: nearest.Device).Unsqueeze(1) * places;        // each picture's first row
        return key.Each.IndexSelect(0, (nearest + first).Flatten(0));
    }
}

/// <summary>A step whose keys enter two queues.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Keys">[N, D], constants of unit length: whole pictures.</param>
/// <param name="DenseKeys">[N, D], constants of unit length: the mean over a picture's places.</param>
/// <param name="Measures">The batch's own numbers by name.</param>
public sealed record DenseClStep(Tensor Loss, Tensor Keys, Tensor DenseKeys, IReadOnlyDictionary<string, double> Measures)
    : StepResult(Loss, Measures)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Loss, Keys, DenseKeys];
}
