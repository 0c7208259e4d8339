using System.Runtime.CompilerServices;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>NN-descent: a neighbor of a neighbor is likely a neighbor.</summary>
/// <remarks>Dong, Moses and Li 2011, started from a forest of projection trees as in pynndescent. Lists change only between rounds and
/// keep the nearest by distance and index, so the result does not depend on who computed what first.</remarks>
internal sealed class NeighborDescent
{
    private const int LeafSize = 48, Candidates = 24, Block = 16_384, Piece = 128, Owners = 16;
    private const double EnoughChange = 0.001;
    private readonly PreparedRows _rows;
    private readonly NearestLists _lists;
    private readonly ulong _seed;
    private readonly Work _work;
    private readonly int[] _order;                        // near points near each other, so that their rows are in the cache
    private readonly Updates[] _updates;

    private NeighborDescent(PreparedRows rows, int neighbors, ulong seed, Work work)
    {
        (_rows, _lists, _seed, _work) = (rows, new NearestLists(rows.Count, neighbors), seed, work);
        _updates = [.. Enumerable.Range(0, (Math.Min(Block, rows.Count) + Piece - 1) / Piece).Select(_ => new Updates(Owners))];
        _order = SearchLeaves();
        _work.Pieces(rows.Count, Work.Piece, (start, end, _) => FillUp(start, end));
    }

    /// <summary>Finds nearly all of the nearest rows of each row.</summary>
    /// <param name="rows">More than twice as many as neighbors.</param>
    /// <param name="neighbors">1 or more.</param>
    /// <param name="seed">The map's.</param>
    /// <param name="work">How to share it out.</param>
    internal static NearestLists Find(PreparedRows rows, int neighbors, ulong seed, Work work)
    {
        NeighborDescent search = new(rows, neighbors, seed, work);
        int rounds = Math.Max(5, (int)Math.Round(Math.Log2(rows.Count)));
        for (int round = 0; round < rounds; round++)
            if (search.Round(round) <= EnoughChange * rows.Count * neighbors) break;
        return search._lists;
    }

    private int[] SearchLeaves()
    {
        int trees = Math.Min(12, 5 + (int)Math.Round(Math.Sqrt(_rows.Count) / 50));
        int leafSize = Math.Max(LeafSize, 2 * _lists.Size);
        (int[] Order, List<int> Ends)[] forest = new (int[], List<int>)[trees];
        _work.Each(trees, tree => forest[tree] = ProjectionForest.Grow(_rows, leafSize, _seed, tree));
        foreach ((int[] order, List<int> ends) in forest)
            _work.Pieces(ends.Count, 16, (start, end, _) => SearchLeaves(order, ends, start, end, leafSize));
        return forest[0].Order;
    }

    // A tree's leaves share no point, so each list has one writer.
    private void SearchLeaves(int[] order, List<int> ends, int first, int last, int leafSize)
    {
        float[] distances = new float[leafSize * leafSize];
        for (int leaf = first; leaf < last; leaf++)
        {
            int start = leaf == 0 ? 0 : ends[leaf - 1];
            ReadOnlySpan<int> points = order.AsSpan(start, ends[leaf] - start);
            Products.SquaredDistances(_rows, points, _rows, points, distances);
            for (int i = 0; i < points.Length; i++)
                for (int j = 0; j < points.Length; j++)
                    if (i != j) _ = _lists.Offer(points[i], points[j], distances[i * points.Length + j]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FillUp(int start, int end)
    {
        for (int row = start; row < end; row++)
        {
            for (int draw = 0; _lists.Indices[(row + 1) * _lists.Size - 1] == NearestLists.Empty; draw++)
            {
                int other = Rng.For(_seed, Rng.Use.Fill, row, draw).NextInt32(_rows.Count);
                if (other != row) _ = _lists.Offer(row, other, PreparedRows.SquaredDistance(_rows, row, _rows, other));
            }
        }
    }

    // One round of comparing neighbors' neighbors; how many lists' places changed.
    private long Round(int round)
    {
        CandidateLists candidates = CandidateLists.Of(_lists, Candidates, _seed, round, _work);
        long[] changes = new long[Owners];
        for (int block = 0; block < _rows.Count; block += Block)
        {
            int first = block;
            _work.Pieces(Math.Min(Block, _rows.Count - block), Piece,
                (start, end, piece) => Join(candidates, _order.AsSpan(first + start, end - start), _updates[piece]));
            _work.Each(Owners, owner =>
            {
                foreach (Updates updates in _updates)
                    foreach ((int row, int index, float distance) in updates.Of(owner))
                        if (_lists.Offer(row, index, distance)) changes[owner]++;
            });
        }
        return changes.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Join(CandidateLists candidates, ReadOnlySpan<int> points, Updates updates)
    {
        updates.Clear();
        float[] distances = new float[2 * Candidates * Candidates];
        foreach (int point in points)
        {
            ReadOnlySpan<int> all = candidates.Of(point, out int news);
            if (news == 0) continue;
            Products.SquaredDistances(_rows, all[..news], _rows, all, distances);
            for (int i = 0; i < news; i++)
            {
                int a = all[i];
                float worst = _lists.Worst(a);
                ReadOnlySpan<float> row = distances.AsSpan(i * all.Length, all.Length);
                for (int j = i + 1; j < row.Length; j++)
                {
                    int b = all[j];
                    float distance = row[j];
                    if (a == b) continue;
                    if (distance <= worst) updates.Add(Owner(a), a, b, distance);
                    if (distance <= _lists.Worst(b)) updates.Add(Owner(b), b, a, distance);
                }
            }
        }
    }

    private int Owner(int row) => (int)((long)row * Owners / _rows.Count);
}
