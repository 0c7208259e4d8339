namespace MocoSharp.Methods.MomentumCmc;

/// <summary>Settings of <see cref="MomentumCmc"/>. The defaults are the original's for its four views of a terrain tile.</summary>
/// <param name="ViewChannels">Channels of each view, in the order of the recipe's views; terrain 3, segmentation 7, height 1, whole
/// 3.</param>
/// <param name="ViewKinds">Which first stage each view has, where a core is shared; by default views with as many channels share
/// theirs.</param>
/// <param name="Pairs">Ordered pairs of views, each a term of the loss; the original's eight by default.</param>
/// <param name="Sharing">What the views' networks share: core in the combined architecture, none in the first one.</param>
/// <param name="Head">mlp, attention, or none where the encoder ends in an embedding.</param>
/// <param name="HiddenFeatures">Sizes of the MLP's hidden layers; [1024, 64].</param>
/// <param name="AttentionHeads">Questions that the attention head asks.</param>
/// <param name="KeyFeatures">D, numbers a view; 64.</param>
/// <param name="Loss">nce in the original; infoNce is the usual cross-entropy.</param>
/// <param name="InterBatch">Contrast a view with the other view's memory.</param>
/// <param name="IntraBatch">Contrast a view with the other view of the batch's other samples.</param>
/// <param name="MemoryLength">Keys a view; ten batches by default. Of no matter without <paramref name="InterBatch"/>.</param>
/// <param name="Temperature">τ, above 0; 0.07.</param>
/// <param name="KeyMomentum">m, 0 to 1; 0.99. At 1 the keys' networks never move, which is what the original's code seems to do.</param>
public sealed record MomentumCmcOptions(
    [Bounds(1, 256)] IReadOnlyList<int>? ViewChannels = null,
    [Bounds(0, 63)] IReadOnlyList<int>? ViewKinds = null,
    IReadOnlyList<ViewPair>? Pairs = null,
    ViewSharing Sharing = ViewSharing.Core,
    ViewHeadKind Head = ViewHeadKind.Mlp,
    [Bounds(1, 16384)] IReadOnlyList<int>? HiddenFeatures = null,
    [Bounds(1, 64)] int AttentionHeads = 3,
    [Bounds(1, 16384)] int KeyFeatures = 64,
    ContrastKind Loss = ContrastKind.Nce,
    bool InterBatch = true,
    bool IntraBatch = true,
    [Bounds(1, 4_000_000)] int? MemoryLength = null,
    [Bounds(0, 100, ExceptLeast = true)] double Temperature = 0.07,
    [Bounds(0, 1)] double KeyMomentum = 0.99) : MethodOptions
{
    private const int BatchesInMemory = 10, OriginalBatch = 5;

    /// <summary>Channels of each view.</summary>
    public IReadOnlyList<int> ViewChannels { get; init; } = ViewChannels ?? [3, 7, 1, 3];

    /// <summary>Ordered pairs of views.</summary>
    public IReadOnlyList<ViewPair> Pairs { get; init; } = Pairs
        ?? [new(0, 1), new(0, 2), new(0, 3), new(1, 0), new(1, 2), new(2, 0), new(2, 1), new(3, 0)];

    /// <summary>Sizes of the MLP's hidden layers.</summary>
    public IReadOnlyList<int> HiddenFeatures { get; init; } = HiddenFeatures ?? [1024, 64];

    /// <summary>Keys a view, once the batch is known.</summary>
    internal int Memory => MemoryLength ?? BatchesInMemory * OriginalBatch;

    /// <inheritdoc/>
    public override MethodOptions ForBatch(int batchSize) => MemoryLength is null ? this with { MemoryLength = BatchesInMemory * batchSize }
        : this;

    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        if (InterBatch && Memory < batchSize)
            throw new OptionException(nameof(MemoryLength), Memory,
                $"smaller than the batch ({batchSize}), so one push would overwrite keys of its own batch",
                fix: $"set it to {batchSize} or more (--set method.memoryLength={batchSize}), or lower training.batchSize");
        if (IntraBatch && batchSize < 2)
            throw new OptionException(nameof(IntraBatch), "true", "and a batch of 1 has no other sample to tell from",
                fix: "set training.batchSize to 2 or more, or intraBatch to false");
    }

    /// <summary>The first stage of each view, numbered in the order in which they first occur.</summary>
    internal IReadOnlyList<int> Kinds => ViewKinds
        ?? [.. ViewChannels.Select(channels => ViewChannels.Distinct().ToList().IndexOf(channels))];

    internal MomentumCmcOptions Checked()
    {
        _ = this.InBounds();
        int views = ViewChannels.Count;
        OptionException.Require(views >= 2, nameof(ViewChannels), ViewChannels, "channels for two views or more");
        OptionException.Require(ViewKinds is null || ViewKinds.Count == views && ViewKinds.All(kind => kind < views)
            && SameChannelsWithinKinds(), nameof(ViewKinds), ViewKinds,
            $"{views} numbers from 0 to {views - 1}, equal only for views with as many channels");
        OptionException.Require(Pairs.Count >= 1
            && Pairs.All(pair => pair.Anchor != pair.Target && Math.Max(pair.Anchor, pair.Target) < views)
            && Pairs.Distinct().Count() == Pairs.Count, nameof(Pairs), Pairs, $"different pairs of different views from 0 to {views - 1}");
        OptionException.Require(InterBatch || IntraBatch, nameof(InterBatch), InterBatch,
            "true where intraBatch is false: one of the two losses is needed");
        return this;
    }

    private bool SameChannelsWithinKinds() => ViewChannels.Zip(ViewKinds!).GroupBy(static view => view.Second)
        .All(static kind => kind.Distinct().Count() == 1);
}
