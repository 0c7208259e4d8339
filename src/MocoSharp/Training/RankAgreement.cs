using System.IO.Hashing;
using System.Runtime.InteropServices;
using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

/// <summary>Looks whether all ranks hold the same weights, which nothing but another kind of processor can part. Then all go on with those
/// of rank 0, since ranks that drift apart learn nothing together.</summary>
internal static class RankAgreement
{
    /// <summary>Compares hashes of all tensors.</summary>
    /// <param name="state">The same names on all ranks, on the processor.</param>
    /// <param name="peers">The ranks.</param>
    /// <param name="warn">Told which rank differs, and where first.</param>
    internal static void Restore(IEnumerable<(string Name, Tensor Value)> state, Peers peers, Action<string> warn)
    {
        if (peers.Count == 1) return;
        (string Name, Tensor Value)[] all = [.. state];
        double[] own = [.. all.SelectMany(static item => Halves(Hash(item.Value)))];
        double[][] hashes = peers.All(own);
        for (int rank = 1; rank < hashes.Length; rank++)
        {
            int[] differ = [.. Enumerable.Range(0, all.Length).Where(i => Differs(hashes, rank, i))];
            if (differ.Length == 0) continue;
            warn($"{differ.Length} of {all.Length} tensors of rank {rank} are not those of rank 0, '{all[differ[0]].Name}' among them: "
                + "all go on with those of rank 0; are the ranks' processors of different kinds?");
        }
        for (int i = 0; i < all.Length; i++)
            if (Enumerable.Range(1, hashes.Length - 1).Any(rank => Differs(hashes, rank, i))) peers.Take(all[i].Value);
    }

    private static bool Differs(double[][] hashes, int rank, int item) =>
        hashes[rank][2 * item] != hashes[0][2 * item] || hashes[rank][2 * item + 1] != hashes[0][2 * item + 1];

    // a double holds 53 bits
    private static double[] Halves(ulong hash) => [hash >> 32, hash & uint.MaxValue];

    private static ulong Hash(Tensor value)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        Tensor plain = value.Detach().Contiguous();
        ReadOnlySpan<byte> bytes = plain.DType.Bytes() switch
        {
            1 => plain.AsSpan<byte>(),
            2 => MemoryMarshal.AsBytes(plain.AsSpan<ushort>()),
            4 => MemoryMarshal.AsBytes(plain.AsSpan<uint>()),
            _ => MemoryMarshal.AsBytes(plain.AsSpan<ulong>()),
        };
        return XxHash3.HashToUInt64(bytes);
    }
}
