using System.Runtime.CompilerServices;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>For a round of NN-descent: what each point's neighbors, and those whose neighbor it is, are compared by. A sample of each kind,
/// chosen by a hash of the pair.</summary>
internal sealed class CandidateLists
{
    private readonly int[] _candidates;                   // new ones first, then old ones
    private readonly (byte News, byte All)[] _counts;
    private readonly int _most;

    private CandidateLists(int count, int most) =>
        (_candidates, _counts, _most) = (new int[checked(count * most * 2)], new (byte, byte)[count], most);

    /// <summary>Draws them; neighbors that are drawn are new no more.</summary>
    /// <param name="lists">The nearest so far.</param>
    /// <param name="most">The most of each kind, below 128.</param>
    /// <param name="seed">The map's.</param>
    /// <param name="round">The round's number.</param>
    /// <param name="work">How to share it out.</param>
    internal static CandidateLists Of(NearestLists lists, int most, ulong seed, int round, Work work)
    {
        CandidateLists result = new(lists.Count, most);
        (int[] starts, int[] places) = Reverse(lists);
        ulong salt = Rng.For(seed, Rng.Use.Candidates, round).NextUInt64();
        work.Pieces(lists.Count, Work.Piece, (start, end, _) =>
        {
            Span<(ulong Rank, int Index)> news = stackalloc (ulong, int)[most], olds = stackalloc (ulong, int)[most];
            for (int row = start; row < end; row++)
                result.Draw(lists, row, places.AsSpan(starts[row], starts[row + 1] - starts[row]), salt, news, olds);
        });
        work.Pieces(lists.Count, Work.Piece, (start, end, _) =>
        {
            for (int row = start; row < end; row++) result.Age(lists, row);
        });
        return result;
    }

    /// <summary>The candidates of one point.</summary>
    /// <param name="row">The point.</param>
    /// <param name="news">How many of them are new; these come first.</param>
    internal ReadOnlySpan<int> Of(int row, out int news)
    {
        news = _counts[row].News;
        return _candidates.AsSpan(row * _most * 2, _counts[row].All);
    }

    // By the row that they point at: the places of the lists.
    private static (int[] Starts, int[] Places) Reverse(NearestLists lists)
    {
        int[] starts = new int[lists.Count + 1], places = new int[lists.Indices.Length];
        foreach (int index in lists.Indices) starts[index + 1]++;
        for (int row = 0; row < lists.Count; row++) starts[row + 1] += starts[row];
        int[] next = starts[..^1];
        for (int place = 0; place < places.Length; place++) places[next[lists.Indices[place]]++] = place;
        return (starts, places);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Draw(NearestLists lists, int row, ReadOnlySpan<int> reverse, ulong salt, Span<(ulong, int)> news, Span<(ulong, int)> olds)
    {
        int newCount = 0, oldCount = 0, size = lists.Size;
        for (int place = row * size; place < (row + 1) * size; place++)
            Put(lists.Indices[place], Rank(salt, row, lists.Indices[place]), lists.IsNew[place], news, ref newCount, olds, ref oldCount);
        foreach (int place in reverse)
        {
            int other = place / size;
            Put(other, Rank(salt, other, row), lists.IsNew[place], news, ref newCount, olds, ref oldCount);
        }
        Span<int> to = _candidates.AsSpan(row * _most * 2);
        int count = 0;
        foreach ((_, int index) in news[..newCount]) to[count++] = index;
        int drawn = count;
        foreach ((_, int index) in olds[..oldCount]) if (!to[..drawn].Contains(index)) to[count++] = index;
        _counts[row] = ((byte)drawn, (byte)count);
    }

    private static ulong Rank(ulong salt, int from, int to) => Rng.Mix(salt ^ ((ulong)(uint)from << 32 | (uint)to));

    private static void Put(int index, ulong rank, bool isNew, Span<(ulong, int)> news, ref int newCount, Span<(ulong, int)> olds,
        ref int oldCount)
    {
        if (isNew) Put(index, rank, news, ref newCount);
        else Put(index, rank, olds, ref oldCount);
    }

    // Keeps the lowest ranks, in order.
    private static void Put(int index, ulong rank, Span<(ulong Rank, int Index)> list, ref int count)
    {
        if (count == list.Length && rank >= list[^1].Rank) return;
        for (int i = 0; i < count; i++) if (list[i].Index == index) return;
        int place = count < list.Length ? count++ : count - 1;
        for (; place > 0 && list[place - 1].Rank > rank; place--) list[place] = list[place - 1];
        list[place] = (rank, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Age(NearestLists lists, int row)
    {
        ReadOnlySpan<int> drawn = Of(row, out int news)[..news];
        for (int place = row * lists.Size; place < (row + 1) * lists.Size; place++)
            if (lists.IsNew[place] && drawn.Contains(lists.Indices[place])) lists.IsNew[place] = false;
    }
}
