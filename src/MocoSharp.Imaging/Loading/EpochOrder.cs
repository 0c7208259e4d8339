namespace MocoSharp.Imaging.Loading;

/// <summary>In which order an epoch shows the pictures.</summary>
internal static class EpochOrder
{
    // drawn from an address that no sample has
    private const long Address = -1;

    /// <summary>All indices: shuffled by seed and epoch, or as they are. Of shared batches those of this share.</summary>
    public static int[] Of(int count, LoaderOptions options, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        if (options.Shuffle)
        {
            Rng rng = Rng.For(options.Seed, epoch, sample: Address);
            rng.Shuffle(order.AsSpan());
        }
        return options.Shares == 1 ? order : [.. order.Where((_, place) => place % options.Shares == options.Share)];
    }
}
