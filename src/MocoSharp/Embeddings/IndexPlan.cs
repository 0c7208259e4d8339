using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MocoSharp.Imaging;

namespace MocoSharp.Embeddings;

/// <summary>What has to be done to an index so that it holds the rows that a file has now.</summary>
/// <param name="Marks">[N]: a hash of each row's numbers.</param>
/// <param name="Keys">[N]: the row's key, an old one where the graph holds its numbers already; −1 for a row that is passed over.</param>
/// <param name="Added">Rows whose keys are new, in the order in which they are to be added.</param>
/// <param name="Gone">Keys that no row has any more.</param>
/// <param name="NextKey">The first key that was never given.</param>
/// <param name="Removed">Entries of the graph that no row has, these and earlier ones.</param>
internal sealed record IndexPlan(
    ulong[] Marks, long[] Keys, IReadOnlyList<int> Added, IReadOnlyList<long> Gone, long NextKey, int Removed)
{
    private const ulong Seed = 20160330;

    /// <summary>Whether building anew is better. Where no row is kept it must be: the graph may hold rows of other dimensions.</summary>
    internal bool IsBetterAnew => 3L * Removed > NextKey || NextKey - Added.Count == Removed;

    internal static IndexPlan Of(EmbeddingsFile file, IndexRows? before, CancellationToken cancel)
    {
        ulong[] marks = new ulong[file.Count];
        bool[] counts = new bool[file.Count];
        Mark(file, marks, counts, cancel);
        Dictionary<ulong, Queue<long>> there = [];
        for (int row = 0; row < before?.Keys.Length; row++)
        {
            if (before.Keys[row] < 0) continue;
            ref Queue<long>? keys = ref CollectionsMarshal.GetValueRefOrAddDefault(there, before.Marks[row], out _);
            (keys ??= []).Enqueue(before.Keys[row]);
        }
        long[] own = new long[file.Count];
        List<int> added = [];
        for (int row = 0; row < own.Length; row++)
        {
            own[row] = -1;
            if (!counts[row]) continue;
            if (there.TryGetValue(marks[row], out Queue<long>? keys) && keys.TryDequeue(out long key)) own[row] = key;
            else added.Add(row);
        }
        Rng.For(Seed).Shuffle(CollectionsMarshal.AsSpan(added));
        long next = before?.NextKey ?? 0;
        foreach (int row in added) own[row] = next++;
        long[] gone = [.. there.Values.SelectMany(static keys => keys)];
        return new IndexPlan(marks, own, added, gone, next, gone.Length + (before?.Removed ?? 0));
    }

    private static void Mark(EmbeddingsFile file, ulong[] marks, bool[] counts, CancellationToken cancel)
    {
        foreach (PresentRows part in PresentRows.Blocks(file))
        {
            cancel.ThrowIfCancellationRequested();
            Parallel.For(0, part.Rows.Length, i =>
            {
                ReadOnlySpan<float> values = part.Features.Row(i);
                counts[part.Rows[i]] = TensorPrimitives.MaxMagnitude(values) != 0;
                marks[part.Rows[i]] = IndexRows.MarkOf(values);
            });
        }
    }
}
