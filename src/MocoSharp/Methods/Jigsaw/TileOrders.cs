using System.Numerics;

namespace MocoSharp.Methods.Jigsaw;

/// <summary>Orders of tiles that are as different as possible from each other: always the same ones.</summary>
/// <remarks>Noroozi and Favaro 2016, arXiv:1603.09246, Algorithm 1: each new order is the one of all that differs in the most places from
/// those before. The first is the order 0, 1, 2, …, where the paper's is random; of equals the first in the order of a dictionary is
/// taken. With <see cref="OrderDistance.Min"/>, of those with an equal least distance the one with the greatest mean.</remarks>
internal static class TileOrders
{
    private const int Bits = 4;                                    // a tile's number in a packed order
    private const ulong Lowest = 0x1111_1111_1111_1111;

    /// <summary>Chooses orders.</summary>
    /// <param name="tiles">Tiles, 2 to 9.</param>
    /// <param name="count">Orders, no more than there are.</param>
    /// <param name="distance">What is raised.</param>
    /// <returns>count orders of the tiles 0 … tiles − 1: which tile comes where.</returns>
    internal static int[][] Choose(int tiles, int count, OrderDistance distance)
    {
        ulong[] all = All(tiles);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, all.Length);
        int[] sum = new int[all.Length], least = new int[all.Length];
        Array.Fill(least, tiles);
        int[][] chosen = new int[count][];
        for (int i = 0, newest = 0; i < count; i++)
        {
            chosen[i] = Unpacked(all[newest], tiles);
            newest = Furthest(all, all[newest], sum, least, distance);
        }
        return chosen;
    }

    /// <summary>In how many places two orders differ.</summary>
    internal static int Distance(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        int differ = 0;
        for (int i = 0; i < one.Length; i++) if (one[i] != other[i]) differ++;
        return differ;
    }

    /// <summary>Adds the newest order to the distances, and finds the next one. An order that was chosen has the least distance 0, and none
    /// that was not.</summary>
    private static int Furthest(ulong[] all, ulong newest, int[] sum, int[] least, OrderDistance distance)
    {
        (int best, long most) = (-1, -1);
        for (int i = 0; i < all.Length; i++)
        {
            ulong differ = all[i] ^ newest;
            differ |= differ >> 2;
            differ |= differ >> 1;
            int places = BitOperations.PopCount(differ & Lowest);
            sum[i] += places;
            least[i] = Math.Min(least[i], places);
            if (least[i] == 0) continue;
            long worth = distance == OrderDistance.Mean ? sum[i] : ((long)least[i] << 32) + sum[i];
            if (worth > most) (best, most) = (i, worth);
        }
        return best;
    }

    /// <summary>All orders as in a dictionary, each packed into one number.</summary>
    private static ulong[] All(int tiles)
    {
        List<ulong> orders = [];
        Extend(0, 0, 0);
        return [.. orders];

        void Extend(ulong order, int taken, int length)
        {
            if (length == tiles) orders.Add(order);
            else
                for (int tile = 0; tile < tiles; tile++)
                    if ((taken & 1 << tile) == 0) Extend(order << Bits | (uint)tile, taken | 1 << tile, length + 1);
        }
    }

    private static int[] Unpacked(ulong order, int tiles) =>
        [.. Enumerable.Range(0, tiles).Select(place => (int)(order >> (tiles - 1 - place) * Bits & 0xF))];
}
