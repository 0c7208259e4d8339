namespace MocoSharp.Maps.Clustering;

/// <summary>Sets that are joined two at a time.</summary>
internal sealed class DisjointSets(int count)
{
    private readonly int[] _parents = [.. Enumerable.Range(0, count)];

    /// <summary>The member that stands for a set.</summary>
    internal int Find(int member)
    {
        while (_parents[member] != member) member = _parents[member] = _parents[_parents[member]];
        return member;
    }

    /// <summary>Joins two sets; the second one's standing member stands for both.</summary>
    /// <returns>Whether they were two.</returns>
    internal bool Join(int first, int second)
    {
        (first, second) = (Find(first), Find(second));
        _parents[first] = second;
        return first != second;
    }
}
