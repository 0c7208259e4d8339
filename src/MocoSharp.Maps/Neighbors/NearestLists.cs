using System.Runtime.CompilerServices;
namespace MocoSharp.Maps.Neighbors;

/// <summary>The nearest that were found so far for each row, by distance, then by index: whatever the order in which they come, the same
/// ones stay.</summary>
internal sealed class NearestLists
{
    internal const int Empty = -1;

    internal NearestLists(int count, int size)
    {
        (Count, Size) = (count, size);
        (Indices, Distances, IsNew) = (new int[checked(count * size)], new float[count * size], new bool[count * size]);
        Indices.AsSpan().Fill(Empty);
        Distances.AsSpan().Fill(float.PositiveInfinity);
    }

    internal int Count { get; }

    /// <summary>Places of a row.</summary>
    internal int Size { get; }

    internal int[] Indices { get; }

    internal float[] Distances { get; }

    /// <summary>Whether NN-descent has not yet compared this neighbor with the row's others.</summary>
    internal bool[] IsNew { get; }

    /// <summary>The distance that a candidate must not exceed.</summary>
    internal float Worst(int row) => Distances[row * Size + Size - 1];

    /// <summary>Puts a candidate in its place.</summary>
    /// <returns>Whether it was near enough and not there already.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool Offer(int row, int index, float distance)
    {
        int first = row * Size, place = first + Size - 1;
        if (!IsBefore(distance, index, place)) return false;
        if (Indices.AsSpan(first, Size).Contains(index)) return false;
        while (place > first && IsBefore(distance, index, place - 1))
        {
            (Indices[place], Distances[place], IsNew[place]) = (Indices[place - 1], Distances[place - 1], IsNew[place - 1]);
            place--;
        }
        (Indices[place], Distances[place], IsNew[place]) = (index, distance, true);
        return true;
    }

    private bool IsBefore(float distance, int index, int place) =>
        distance < Distances[place] || (distance == Distances[place] && (uint)index < (uint)Indices[place]);
}
