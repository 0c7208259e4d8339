namespace MocoSharp.Methods.Jigsaw;

/// <summary>Settings of <see cref="JigsawPuzzle"/>. The defaults are the paper's for pictures of 255 pixels.</summary>
/// <param name="Grid">Cells a side, 2 or 3.</param>
/// <param name="TileSide">Side of a tile in pixels: 64 of a cell's 85. What is left is the gap between tiles, which keeps edges from going
/// on in the next tile.</param>
/// <param name="ChannelShift">Each color channel of a tile is cut up to so many pixels further down and to the right than the tile, by
/// chance: what a lens does to colors then tells no place. 2 in the authors' code.</param>
/// <param name="Permutations">Orders of tiles to tell apart; 100 in the authors' code, 24 at most of a grid of 2.</param>
/// <param name="Distance">What is raised while orders are chosen: 100 orders by the least distance differ in 6 places of 9 or more, 100 by
/// the mean in 2 or more, and both in 8.08 on average.</param>
/// <param name="TileFeatures">Numbers a tile behind the encoder; 1,024.</param>
/// <param name="HiddenFeatures">Numbers of all tiles together; 4,096.</param>
public sealed record JigsawOptions(
    [Bounds(2, 3)] int Grid = 3, [Bounds(1, 4096)] int TileSide = 64, [Bounds(0, 64)] int ChannelShift = 2,
    [Bounds(2, 10_000)] int Permutations = 100, OrderDistance Distance = OrderDistance.Min,
    [Bounds(1, 16384)] int TileFeatures = 1024, [Bounds(1, 16384)] int HiddenFeatures = 4096) : MethodOptions
{
    /// <summary>Tiles of a picture.</summary>
    internal int Tiles => Grid * Grid;

    internal JigsawOptions Checked()
    {
        OptionException.Require(Grid > 2 || Permutations <= 24, nameof(Permutations), Permutations,
            "24 or fewer where grid is 2: four tiles have no more orders");
        return this.InBounds();
    }

    /// <summary>Pixels by which a tile may move within its cell.</summary>
    /// <param name="side">The picture's, in pixels.</param>
    /// <exception cref="OptionException">A tile and its gap do not fit into a cell.</exception>
    internal int Room(int side)
    {
        int cell = side / Grid, room = cell - TileSide - ChannelShift;
        return room >= 0 && cell > TileSide ? room : throw new OptionException(nameof(TileSide), TileSide,
            $"and with a channelShift of {ChannelShift} and a gap it does not fit into a cell: a view of {side} pixels has cells of {cell}",
            fix: $"set tileSide to {Math.Max(1, cell - Math.Max(1, ChannelShift))} or less, or make the view larger");
    }
}

/// <summary>How different the orders of tiles are that a puzzle is made of.</summary>
public enum OrderDistance
{
    /// <summary>The mean number of places in which a new order differs from those chosen before.</summary>
    Mean,

    /// <summary>The number of places in which it differs from the nearest of them.</summary>
    Min,
}
