using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Terrain;

/// <summary>One tile of an invented land, seen in three ways, with what is true of it.</summary>
/// <param name="Shaded">The map that people read, RGB.</param>
/// <param name="Heights">One channel of 16 bits over the tile's own range.</param>
/// <param name="Cover">The map of classes, in the palette's colors.</param>
/// <param name="Age">How long water and gravity have worked.</param>
/// <param name="Ridges">Where the mountain chains run.</param>
public sealed record TerrainTile(Image Shaded, DeepImage Heights, Image Cover, ErosionAge Age, RidgeDirection Ridges);

/// <summary>How long water and gravity have worked on a land.</summary>
public enum ErosionAge
{
    /// <summary>Hardly: sharp crests.</summary>
    Young,

    /// <summary>Valleys that join each other.</summary>
    Mature,

    /// <summary>Wide valleys, round hills.</summary>
    Old,
}

/// <summary>Where mountain chains run, on a map whose top is north.</summary>
public enum RidgeDirection
{
    /// <summary>West to east.</summary>
    East,

    /// <summary>South-west to north-east.</summary>
    NorthEast,

    /// <summary>South to north.</summary>
    North,

    /// <summary>South-east to north-west.</summary>
    NorthWest,
}
