namespace MocoSharp.Features;

/// <summary>Where passes over pictures find their randomness: each has epochs and batches of its own, so that none sees what another one
/// saw.</summary>
/// <remarks>An epoch of training has its own number, from 0, and a batch of it the number of batches before it in the whole training.
/// Within a batch, <see cref="Methods.Batch"/> keeps noise and permutations apart; within an epoch, <see cref="Imaging.Rng"/> keeps samples
/// and views apart. The online probe draws from a seed of its own.</remarks>
internal static class RandomAddresses
{
    private const int Last = int.MaxValue;       // recipes have a million epochs at most

    /// <summary>The epoch of the validation pass: its views are the same at each.</summary>
    internal const int ValidationEpoch = Last - 1;

    /// <summary>The epoch of a pass that fills memories before the first step, from 0.</summary>
    internal static int PrimingEpoch(int pass) => pass == 0 ? Last : ValidationEpoch - pass;

    /// <summary>A batch of the validation pass, from 0.</summary>
    internal static long ValidationBatch(int batch) => -1 - batch;

    /// <summary>A batch of all passes that fill memories, from 0.</summary>
    internal static long PrimingBatch(long batch) => long.MinValue + batch;
}
