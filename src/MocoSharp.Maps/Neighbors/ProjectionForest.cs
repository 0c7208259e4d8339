using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Trees that part the points again and again by the plane halfway between two of them, so that points of a leaf are near each
/// other (Dasgupta and Freund 2008; the planes as in pynndescent).</summary>
internal static unsafe class ProjectionForest
{
    /// <summary>Grows one tree.</summary>
    /// <param name="rows">The points.</param>
    /// <param name="leafSize">The most points of a leaf.</param>
    /// <param name="seed">The map's.</param>
    /// <param name="tree">Its number.</param>
    /// <returns>The points, leaf by leaf, and the ends of the leaves.</returns>
    internal static (int[] Order, List<int> Ends) Grow(PreparedRows rows, int leafSize, ulong seed, int tree)
    {
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        List<int> ends = [];
        Stack<(int Start, int End)> open = new([(0, rows.Count)]);
        float[] normal = new float[rows.Stride], sides = new float[rows.Count];
        while (open.TryPop(out (int Start, int End) part))
        {
            int length = part.End - part.Start;
            if (length <= leafSize)
            {
                ends.Add(part.End);
                continue;
            }
            Rng rng = Rng.For(seed, Rng.Use.Forest, tree, ((long)part.Start << 32) | (uint)part.End);
            Span<int> points = order.AsSpan(part.Start, length);
            int middle = Part(rows, points, normal, sides.AsSpan(part.Start, length), ref rng);
            open.Push((part.Start + middle, part.End));
            open.Push((part.Start, part.Start + middle));
        }
        return (order, ends);
    }

    // Orders the points by the side of the plane that they lie on; where one side has hardly any, both get half of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Part(PreparedRows rows, Span<int> points, float[] normal, Span<float> sides, ref Rng rng)
    {
        int a = points[rng.NextInt32(points.Length)], b = points[rng.NextInt32(points.Length)];
        float offset = (rows.SquaredLengths[a] - rows.SquaredLengths[b]) / 2;
        for (int d = 0; d < normal.Length; d++) normal[d] = rows[a][d] - rows[b][d];
        for (int i = 0; i < points.Length; i++) sides[i] = Product(rows[points[i]], normal) - offset;
        int low = 0, high = points.Length - 1;
        while (low <= high)
        {
            if (sides[low] > 0) low++;
            else
            {
                (points[low], points[high], sides[low], sides[high]) = (points[high], points[low], sides[high], sides[low]);
                high--;
            }
        }
        return low < points.Length / 16 || low > points.Length - points.Length / 16 - 1 ? points.Length / 2 : low;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Product(float* row, float[] normal)
    {
        fixed (float* other = normal)
        {
            Vector256<float> sum = Vector256<float>.Zero, more = Vector256<float>.Zero;
            int d = 0;
            for (; d + 16 <= normal.Length; d += 16)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.LoadAligned(row + d), Vector256.Load(other + d), sum);
                more = Vector256.FusedMultiplyAdd(Vector256.LoadAligned(row + d + 8), Vector256.Load(other + d + 8), more);
            }
            if (d < normal.Length) sum = Vector256.FusedMultiplyAdd(Vector256.LoadAligned(row + d), Vector256.Load(other + d), sum);
            return Products.SumLanes(sum + more);
        }
    }
}
