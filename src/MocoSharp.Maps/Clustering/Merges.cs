namespace MocoSharp.Maps.Clustering;

/// <summary>Two groups that become one. Points are groups 0 to N − 1, the merge of place i makes group N + i.</summary>
/// <param name="First">One group.</param>
/// <param name="Second">The other one.</param>
/// <param name="Distance">Where they meet.</param>
/// <param name="Size">Points of both.</param>
internal readonly record struct Merge(int First, int Second, float Distance, int Size);

/// <summary>The single-linkage tree of a spanning tree.</summary>
internal static class Merges
{
    /// <param name="edges">N − 1 edges, the shortest first.</param>
    /// <param name="count">N.</param>
    internal static Merge[] Of(Edge[] edges, int count)
    {
        DisjointSets sets = new(2 * count - 1);
        Merge[] merges = new Merge[edges.Length];
        for (int i = 0; i < edges.Length; i++)
        {
            int first = sets.Find(edges[i].From), second = sets.Find(edges[i].To), made = count + i;
            merges[i] = new Merge(first, second, edges[i].Distance, Size(merges, first, count) + Size(merges, second, count));
            _ = sets.Join(first, made);
            _ = sets.Join(second, made);
        }
        return merges;
    }

    internal static int Size(Merge[] merges, int group, int count) => group < count ? 1 : merges[group - count].Size;
}
