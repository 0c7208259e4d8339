using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Loading;

/// <summary>In which order an epoch shows the pictures: a function of the source, the options and the epoch's number, of which any part can
/// be asked for. Neither threads nor ranks change it.</summary>
internal abstract class EpochOrder
{
    /// <summary>Drawn from an address that no sample has.</summary>
    protected const long Address = -1;

    /// <summary>The picture at a place of the epoch.</summary>
    internal abstract int this[int position] { get; }

    /// <summary>All indices: shuffled by seed and epoch, exactly or by the files in which they lie, or as they are. Where loaders share
    /// each batch, those of one.</summary>
    internal static EpochOrder Of(IImageSource source, LoaderOptions options, int epoch) => options.Shares == 1
        ? OfAll(source, options, epoch)
        : new Shared(OfAll(source, options with { BatchSize = options.BatchSize * options.Shares }, epoch), options);

    private static EpochOrder OfAll(IImageSource source, LoaderOptions options, int epoch) =>
        !options.Shuffle ? new AsTheyAre()
        : options.ShuffleBuffer > 0 && source.Blocks is { Count: > 0 } blocks && source.Count >= options.BatchSize
            ? new BlockOrder(blocks, options, epoch)
        : new Exact(source.Count, options.Seed, epoch);

    /// <summary>The pictures of some places that follow each other.</summary>
    internal int[] Slice(int start, int end)
    {
        int[] slice = new int[Math.Max(0, end - start)];
        for (int i = 0; i < slice.Length; i++)
            slice[i] = this[start + i];
        return slice;
    }

    private sealed class Shared(EpochOrder all, LoaderOptions options) : EpochOrder
    {
        internal override int this[int position] => all[position * options.Shares + options.Share];
    }

    private sealed class AsTheyAre : EpochOrder
    {
        internal override int this[int position] => position;
    }

    private sealed class Exact : EpochOrder
    {
        private readonly int[] _order;

        internal Exact(int count, ulong seed, int epoch)
        {
            _order = [.. Enumerable.Range(0, count)];
            Rng.For(seed, epoch, sample: Address).Shuffle(_order.AsSpan());
        }

        internal override int this[int position] => _order[position];
    }
}
