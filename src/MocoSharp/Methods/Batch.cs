using MocoSharp.Imaging;
using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Methods;

/// <summary>Views of some samples, with their indices and, where they exist, labels.</summary>
/// <param name="views">Each [N, C, H, W], in the training's element type.</param>
/// <param name="indices">[N]: the samples' places in their source.</param>
/// <param name="labels">[N]: classes, −1 where unknown. Monitors read them; a method that trains on them says so.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="step">The address of this batch's own randomness.</param>
public class Batch(IReadOnlyList<Tensor> views, IReadOnlyList<int> indices, IReadOnlyList<int> labels, ulong seed, long step)
{
    // apart from the views' streams, whose samples are 0 or more, and from the epochs' orders at −1
    private const long NoiseStream = -2, PermutationStream = -3, OrderStream = -4, NormalStream = -5;

    /// <summary>Number of samples, N. Over ranks those of this one.</summary>
    public int Count => indices.Count;

    /// <summary>The other processes that have a part of this batch: sample j here is sample j · W + r of the whole.</summary>
    internal virtual Peers Peers { get; init; } = Peers.Alone;

    /// <summary>All ranks' samples without their views: indices, labels and draws. All ranks ask for it, or none.</summary>
    internal virtual Batch Whole => Peers.Count == 1 ? this : new Batch([], Gathered(indices), Gathered(labels), seed, step);

    /// <summary>Number of views a sample.</summary>
    public int Views => views.Count;

    /// <summary>[N]: the samples' places in their source.</summary>
    public IReadOnlyList<int> Indices => indices;

    /// <summary>[N]: classes, −1 where unknown.</summary>
    public IReadOnlyList<int> Labels => labels;

    /// <summary>One view of every sample, [N, C, H, W].</summary>
    public Tensor View(int view) => views[view];

    /// <summary>Some of the views as a batch of their own, with random numbers apart from this one's.</summary>
    /// <param name="first">The first of these views.</param>
    /// <param name="count">How many.</param>
    /// <param name="firstUse">Its random numbers are this batch's from this use on.</param>
    internal Batch Part(int first, int count, int firstUse) => new PartOf(this, first, count, firstUse);

    /// <summary>A random order of the samples, the same whenever this batch is made again. Over ranks that of all samples.</summary>
    /// <param name="use">Which of the batch's permutations.</param>
    public virtual long[] Permutation(int use)
    {
        long[] order = new long[Count * Peers.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Rng rng = Rng.For(seed, step, PermutationStream, use);
        rng.Shuffle<long>(order);
        return order;
    }

    /// <summary>A random order of places for each sample, the same whenever this batch is made again.</summary>
    /// <param name="use">Which of the batch's draws.</param>
    /// <param name="places">How many places.</param>
    /// <returns>[N · places], sample by sample.</returns>
    public virtual long[] Orders(int use, int places)
    {
        long[] orders = new long[(long)Count * Peers.Count * places];
        Rng rng = Rng.For(seed, step, OrderStream, use);
        for (int i = 0; i < Count * Peers.Count; i++)
        {
            Span<long> order = orders.AsSpan(i * places, places);
            for (int place = 0; place < places; place++) order[place] = place;
            rng.Shuffle<long>(order);
        }
        return Own(orders, places);
    }

    /// <summary>Random rows, drawn evenly and with replacement, the same whenever this batch is made again.</summary>
    /// <param name="use">Which of the batch's draws.</param>
    /// <param name="count">How many a sample.</param>
    /// <param name="rows">Rows to draw from: 0 … rows − 1.</param>
    /// <returns>[N · count], sample by sample.</returns>
    public virtual long[] Noise(int use, int count, int rows)
    {
        long[] drawn = new long[(long)Count * Peers.Count * count];
        Rng rng = Rng.For(seed, step, NoiseStream, use);
        for (int i = 0; i < drawn.Length; i++) drawn[i] = rng.NextInt32(rows);
        return Own(drawn, count);
    }

    /// <summary>What was drawn for all ranks' samples, so many numbers each, for this rank's.</summary>
    private long[] Own(long[] drawn, int each)
    {
        if (Peers.Count == 1) return drawn;
        long[] own = new long[(long)Count * each];
        for (int i = 0; i < Count; i++)
            drawn.AsSpan((i * Peers.Count + Peers.Rank) * each, each).CopyTo(own.AsSpan(i * each));
        return own;
    }

    private int[] Gathered(IReadOnlyList<int> own)
    {
        using TensorScope scope = TensorScope.Begin();
        return Peers.Gather(Tensor.From<int>([.. own])).ToArray<int>();
    }

    /// <summary>Numbers from the standard normal distribution, the same whenever this batch is made again.</summary>
    /// <param name="use">Which of the batch's draws.</param>
    /// <param name="count">How many.</param>
    public virtual double[] Normals(int use, int count)
    {
        double[] drawn = new double[count];
        Rng rng = Rng.For(seed, step, NormalStream, use);
        for (int i = 0; i < drawn.Length; i++) drawn[i] = rng.NextGaussian();
        return drawn;
    }

    private sealed class PartOf(Batch whole, int first, int count, int firstUse) : Batch(
        [.. Enumerable.Range(first, count).Select(whole.View)], whole.Indices, whole.Labels, seed: 0, step: 0)
    {
        internal override Peers Peers => whole.Peers;

        internal override Batch Whole => Peers.Count == 1 ? this : new PartOf(whole.Whole, 0, 0, firstUse);

        public override long[] Permutation(int use) => whole.Permutation(firstUse + use);

        public override long[] Noise(int use, int count, int rows) => whole.Noise(firstUse + use, count, rows);

        public override long[] Orders(int use, int places) => whole.Orders(firstUse + use, places);

        public override double[] Normals(int use, int count) => whole.Normals(firstUse + use, count);
    }
}
