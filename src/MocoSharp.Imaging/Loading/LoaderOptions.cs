using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Loading;

/// <summary>How pictures are turned into batches.</summary>
public sealed record LoaderOptions
{
    /// <summary>Pictures a batch, 1 or more; 256 by default. Where loaders share each batch, those of this one.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Which part of each batch this loader makes, from 0: pictures <see cref="Share"/>, Share + <see cref="Shares"/>, … of
    /// it.</summary>
    public int Share { get; init; }

    /// <summary>How many loaders share each batch, 1 by default. The order of an epoch does not depend on it.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>The source of all randomness.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads that decode and augment; 0, the default, takes half of the processors (1 to 16); training needs the rest. More than
    /// the processors are as many as these.</summary>
    public int Workers { get; init; }

    /// <summary>Batches made ahead, 1 or more; 2 by default. Memory holds these and the one in use.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Whether the last batch is left out when it would be short; true by default.</summary>
    public bool DropLast { get; init; } = true;

    /// <summary>Whether each epoch has its own order, drawn from the seed; true by default.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>How many pictures an epoch's order mixes at a time where they lie together in files, as in shards: files then come in
    /// random order, and each is read once from its start to its end. 0, the default, shuffles exactly, over all pictures.</summary>
    public int ShuffleBuffer { get; init; }

    /// <summary>How pictures are read.</summary>
    /// <remarks>
    /// A JPEG decoded at a half or a quarter is several times faster and smooths a little differently, so <see
    /// cref="DecodeRequest.ShorterSide"/> changes pixels, and a crop of 8% of the area then has fewer pixels to be made of. Safe from about
    /// 2 × view size ÷ √(least area); for evaluation from 2 × view size.
    /// </remarks>
    public DecodeRequest Reading { get; init; }

    /// <summary>The share of pictures, 0 to 1, that may be unreadable before an epoch fails; 0.01 by default.</summary>
    public float MaximumBadShare { get; init; } = 0.01f;

    /// <summary>The number of threads that <see cref="Workers"/> stands for.</summary>
    public int WorkerCount => Workers > 0 ? Math.Min(Workers, Environment.ProcessorCount)
        : Math.Clamp(Environment.ProcessorCount / 2, 1, 16);

    /// <summary>Checks the values.</summary>
    /// <exception cref="ImagingException">MS3201: a value is out of range.</exception>
    public void Check()
    {
        Require(BatchSize >= 1, "batchSize", BatchSize, "1 or more");
        Require(Shares >= 1, "shares", Shares, "1 or more");
        Require(Shares == 1 || DropLast, "dropLast", DropLast, "true, where loaders share each batch");
        Require(Share >= 0 && Share < Shares, "share", Share, $"0 to {Shares - 1}");
        Require(Workers >= 0, "workers", Workers, "1 or more, or to 0 to fit the processor");
        Require(Prefetch >= 1, "prefetch", Prefetch, "1 or more");
        Require(ShuffleBuffer >= 0, "shuffleBuffer", ShuffleBuffer, "0 or more");
        Require(MaximumBadShare is >= 0 and <= 1, "maximumBadShare", MaximumBadShare, "a number from 0 to 1");
        Require(Reading.MaximumPixels >= 0, "maximumPixels", Reading.MaximumPixels, "1 or more");
        Require(Reading.ShorterSide >= 0, "decodeShorterSide", Reading.ShorterSide, "0 or more");
    }

    private static void Require(bool holds, string name, object value, string wanted)
    {
        if (!holds)
            throw new ImagingException(ErrorIds.LoaderOption, $"the loader's {name} is {value}", at: name, fix: $"set {name} to {wanted}");
    }
}
