using MocoSharp.Encoders;
using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary>The layer that meets the pictures, adapted to other channels than it was trained on.</summary>
internal static class FirstLayer
{
    /// <summary>Whether a tensor is an encoder's first convolution, and the file has it for other channels alone.</summary>
    internal static bool Adapts(KeyMisfit misfit, Encoder encoder) => misfit.Name == NameIn(encoder) && misfit.File.Count == 4
        && misfit.File.Where(static (_, at) => at != 1).SequenceEqual(misfit.Network.Where(static (_, at) => at != 1));

    /// <summary>Adapts the first layer among the weights of an encoder that is the same but for its channels.</summary>
    internal static void Adapt(Dictionary<string, Tensor> weights, Encoder wanted) =>
        weights[NameIn(wanted)] = Adapted(weights[NameIn(wanted)], wanted.Options.Channels);

    /// <summary>Sums the weights for one channel; repeats and scales them for others.</summary>
    /// <param name="weights">Filters × channels in the file × height × width.</param>
    /// <param name="channels">How many are wanted.</param>
    internal static Tensor Adapted(Tensor weights, long channels)
    {
        if (channels == 1) return weights.Sum(1, keepDim: true);
        long there = weights.Shape[1];
        Tensor repeated = Tensor.Cat([.. Enumerable.Repeat(weights, (int)((channels + there - 1) / there))], 1);
        return repeated.Narrow(1, 0, channels) * ((double)there / channels);
    }

    internal static string Told(long there, long wanted) => $"the first layer is adapted from {there} to {wanted} "
        + $"{(wanted == 1 ? "channel" : "channels")}";

    private static string NameIn(Encoder encoder) => encoder.State().First(static item => item.Value.Shape.Length == 4).Name;
}
