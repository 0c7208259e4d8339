using MocoSharp.Encoders;
using MocoSharp.Methods.Blocks;
using MocoSharp.Torch;
using static MocoSharp.Torch.Functional;

namespace MocoSharp.Methods.MomentumCmc;

/// <summary>Momentum Contrastive Multiview Coding: views of different kinds tell each other from a memory of momentum features and from
/// their batch.</summary>
/// <remarks>github.com/tpapp157/Contrastive_Multiview_Coding-Momentum, after CMC (Tian et al. 2019, arXiv:1906.05849) and MoCo
/// (arXiv:1911.05722). Unlike its code the momentum networks start as copies and really follow, first stages included
/// (docs/methods/momentum-cmc.md).</remarks>
[Method("momentum-cmc", typeof(MomentumCmcOptions))]
public sealed class MomentumCmc : Method<MomentumCmcStep>
{
    private readonly ViewNetworks _query, _key;
    private readonly MomentumPair _pair;
    private readonly KeyQueue[] _memories;
    private readonly MomentumCmcOptions _options;

    /// <summary>Builds both sets of networks and a memory a view.</summary>
    public MomentumCmc(Func<Encoder> encoders, MomentumCmcOptions options)
    {
        _options = options.Checked();
        _query = Register("query", new ViewNetworks(encoders, options));
        _key = Register("key", new ViewNetworks(encoders, options));
        _pair = new MomentumPair(leader: _query, follower: _key);
        _memories = [.. Enumerable.Range(0, Views)
            .Select(view => Register($"memory{view}", new KeyQueue(options.Memory, options.KeyFeatures)))];
    }

    /// <inheritdoc/>
    public override Encoder Encoder => _query.Encoder;

    /// <inheritdoc/>
    public override int Views => _options.ViewChannels.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<int> ViewChannels => _options.ViewChannels;

    /// <inheritdoc/>
    public override double? ChanceLoss =>
        _options is { Loss: ContrastKind.InfoNce, IntraBatch: false } ? _options.Pairs.Count * Math.Log(1 + _options.Memory) : null;

    /// <inheritdoc/>
    public override bool WantsPriming => _options.InterBatch && _memories[0].Fill < 1;

    /// <summary>The keys of one view that are negatives now.</summary>
    public KeyQueue Memory(int view) => _memories[view];

    /// <inheritdoc/>
    public override string? RisingLoss => KeyQueue.RisingLoss;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Measures() => new Dictionary<string, double> { ["queue_fill"] = _memories[0].Fill };

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(int pictures)
    {
        if (_options.InterBatch && _options.Memory > pictures / 2)
            yield return $"each memory holds {_options.Memory} keys and there are {pictures} scenes: a scene would meet its own older "
                + $"keys as negatives; "
                + $"{Math.Max(1, pictures / 4)} or less suits so few (--set method.memoryLength=…)";
    }

    /// <inheritdoc/>
    public override MomentumCmcStep Step(Batch batch)
    {
        Tensor[] online = [.. _query.EmbedAll(Of(batch)).Select(Peers.Gather)];       // [N · W, D] each
        Tensor? loss = null;
        foreach ((int anchor, int target) in _options.Pairs)
        {
            // [N, N]: gradients on both sides
            Tensor cosines = MatMul(online[anchor], online[target].T);
            if (_options.InterBatch) loss = Add(loss, Inter(cosines, MatMul(online[anchor], _memories[target].Keys.T)));
            if (_options.IntraBatch) loss = Add(loss, Intra(cosines));
        }
        return new MomentumCmcStep(loss!, _options.InterBatch ? Keys(batch) : null);        // nothing else reads memories
    }

    /// <inheritdoc/>
    public override void Prime(Batch batch) => Push(Keys(batch));

    /// <inheritdoc/>
    protected override void Remember(MomentumCmcStep step)
    {
        if (step.Keys is { } keys) Push(keys);
    }

    /// <inheritdoc/>
    public override void AfterUpdate(TrainingClock clock) => _pair.Update(_options.KeyMomentum);

    /// <inheritdoc/>
    public override void EncoderReplaced() => _pair.Restart();

    /// <inheritdoc/>
    public override Tensor Project(Tensor pictures) => Project(0, pictures);

    /// <inheritdoc/>
    public override Tensor Project(int view, Tensor pictures) => _query.Embed(view, pictures);

    /// <inheritdoc/>
    public override Tensor Represent(int view, Tensor pictures) => _query.Features(view, pictures);

    /// <inheritdoc/>
    public override IReadOnlyList<EncoderStage> StagesOf(int view) => _query.StagesOf(view);

    /// <summary>The other view of the same sample against the other view's memory.</summary>
    private Tensor Inter(Tensor cosines, Tensor memory) => Contrast(Diagonal(cosines), memory, noise: _options.Memory);

    /// <summary>The other view of the same sample against the other view of the batch's other samples.</summary>
    // the original's q is B, not B − 1
    private Tensor Intra(Tensor cosines) => Contrast(Diagonal(cosines), OffDiagonal(cosines), noise: cosines.Size(0));

    private Tensor Contrast(Tensor positive, Tensor negative, long noise) => _options.Loss == ContrastKind.Nce
        ? UnnormalizedNce.Loss((positive / _options.Temperature).Exp(), (negative / _options.Temperature).Exp(), noise)
        : CrossEntropy(Cat([positive.Unsqueeze(1), negative], dim: 1) / _options.Temperature,
        Tensor.Zeros([positive.Size(0)], DType.Int64, positive.Device));

    private Tensor Keys(Batch batch) => NoGrad(() => Cat(_key.EmbedAll(Of(batch)), dim: 0));

    private Tensor[] Of(Batch batch) => [.. Enumerable.Range(0, Views).Select(batch.View)];

    private void Push(Tensor keys)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] byView = keys.Chunk(Views);                                                                          // [N, D] each
        for (int view = 0; view < Views; view++) _memories[view].Push(byView[view]);
    }

    private static Tensor Add(Tensor? sum, Tensor term) => sum is null ? term : sum + term;

    private static Tensor Diagonal(Tensor square) => square.Flatten(0).IndexSelect(0, Places(square, diagonal: true));

    /// <summary>[N, N] to [N, N − 1].</summary>
    private static Tensor OffDiagonal(Tensor square) => square.Flatten(0).IndexSelect(0, Places(square, diagonal: false))
        .View(square.Size(0), square.Size(0) - 1);

    private static Tensor Places(Tensor square, bool diagonal)
    {
        long n = square.Size(0);
        return Tensor.From<long>([.. LongRange(n * n).Where(place => place / n == place % n == diagonal)]).To(square.Device);
    }

    private static IEnumerable<long> LongRange(long count)
    {
        for (long i = 0; i < count; i++) yield return i;
    }
}

/// <summary>A step whose keys enter the memories.</summary>
/// <param name="Loss">A scalar to go down from.</param>
/// <param name="Keys">[V · N, D], fp32, constants: those of the first view, then of the second, and so on; null where nothing reads
/// memories.</param>
public sealed record MomentumCmcStep(Tensor Loss, Tensor? Keys) : StepResult(Loss)
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Keys is null ? [Loss] : [Loss, Keys];
}
