using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Features;

/// <summary>Work on a row of items that several processes do together: each does its own part, and all get what the others came to. The
/// result is one process's, to the bit.</summary>
/// <remarks>Items belong together in blocks, which stay whole: what is computed of one may depend on those beside it, in its last
/// bit.</remarks>
internal sealed class SharedWork
{
    private readonly Peers _peers;
    private readonly Action<Action> _meet;

    /// <param name="peers">Who shares it.</param>
    /// <param name="meet">Does this process's part and waits until all have done theirs; throws on all where one fails.</param>
    internal SharedWork(Peers peers, Action<Action> meet) => (_peers, _meet) = (peers, meet);

    /// <summary>One process does all.</summary>
    internal static SharedWork Alone { get; } = new(Peers.Alone, static part => part());

    /// <summary>Whether this process keeps what all came to.</summary>
    internal bool Keeps => _peers.Rank == 0;

    /// <summary>This process's blocks.</summary>
    /// <param name="blocks">How many there are.</param>
    internal (int First, int Count) Own(int blocks) => PartOf(_peers.Rank, blocks);

    /// <summary>Does this process's part, and waits for the others.</summary>
    /// <exception cref="OperationCanceledException">One of them was asked to stop.</exception>
    /// <exception cref="MocoException">One of them failed.</exception>
    internal void Do(Action part) => _meet(part);

    /// <summary>The largest of all processes' numbers.</summary>
    internal int Largest(int value) => (int)_peers.All([value]).Max(static of => of[0]);

    /// <summary>Gives all processes what each has put into its own part.</summary>
    /// <param name="values">Of all items.</param>
    /// <param name="items">How many.</param>
    /// <param name="block">Items in a block; the last one may be short.</param>
    /// <param name="width">Values an item.</param>
    internal void Spread<T>(T[] values, int items, int block, int width = 1) where T : unmanaged
    {
        if (_peers.Count == 1) return;
        int blocks = (items + block - 1) / block;
        for (int rank = 0; rank < _peers.Count; rank++)
        {
            (int first, int count) = PartOf(rank, blocks);
            int start = first * block, length = Math.Min(items - start, count * block);
            if (length <= 0) continue;
            Span<T> part = values.AsSpan(checked(start * width), checked(length * width));
            using TensorScope scope = TensorScope.Begin();
            Tensor sent = Tensor.From<T>(part);
            _peers.Take(sent, rank);
            if (rank != _peers.Rank) sent.AsSpan<T>().CopyTo(part);
        }
    }

    private (int First, int Count) PartOf(int rank, int blocks)
    {
        int first = (int)((long)blocks * rank / _peers.Count), end = (int)((long)blocks * (rank + 1) / _peers.Count);
        return (first, end - first);
    }
}
