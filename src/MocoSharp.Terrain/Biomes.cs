namespace MocoSharp.Terrain;

/// <summary>What covers the land, from how high and how moist it is.</summary>
internal static class Biomes
{
    internal const int Water = 0, Grass = 1, Forest = 2, Hills = 3, Desert = 4, Rock = 5, Tundra = 6;

    /// <summary>The colors of the map of classes, in the classes' order: those of the Kaggle earth terrain set.</summary>
    internal static IReadOnlyList<(byte Red, byte Green, byte Blue)> Palette { get; } =
        [(17, 141, 215), (225, 227, 155), (127, 173, 123), (185, 122, 87), (230, 200, 181), (150, 150, 150), (193, 190, 175)];

    /// <summary>The colors of the shaded picture: paler, as printed maps have them.</summary>
    internal static IReadOnlyList<(float Red, float Green, float Blue)> Paint { get; } =
        [(122, 182, 220), (226, 226, 178), (172, 203, 158), (216, 190, 160), (232, 212, 194), (206, 202, 198), (222, 222, 214)];

    /// <summary>The class of a point of the land.</summary>
    /// <param name="height">Rank of the smoothed height among all, 0 to 1.</param>
    /// <param name="moisture">0 dry to 1 moist.</param>
    /// <param name="cold">0 warm to 1 cold: shifts the tree line.</param>
    internal static int Of(float height, float moisture, float cold) =>
        height > 0.93f - 0.10f * cold ? (moisture > 0.62f ? Tundra : Rock)
        : cold > 0.75f && height > 0.55f ? Tundra
        : moisture > 0.58f ? (height > 0.25f ? Forest : Grass)
        : moisture > 0.40f ? (height > 0.60f ? Hills : Grass)
        : height > 0.55f ? Hills : Desert;
}
