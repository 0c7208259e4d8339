using System.Runtime.InteropServices;

namespace MocoSharp.Maps.Neighbors;

/// <summary>Candidates that one piece of work found, kept apart by who owns the list that they are for.</summary>
internal sealed class Updates(int owners)
{
    private readonly List<(int Row, int Index, float Distance)>[] _lists =
        [.. Enumerable.Range(0, owners).Select(static _ => new List<(int, int, float)>())];

    internal void Add(int owner, int row, int index, float distance) => _lists[owner].Add((row, index, distance));

    internal ReadOnlySpan<(int Row, int Index, float Distance)> Of(int owner) => CollectionsMarshal.AsSpan(_lists[owner]);

    internal void Clear()
    {
        foreach (List<(int, int, float)> list in _lists) list.Clear();
    }
}
