using MocoSharp.Imaging;

namespace MocoSharp.Terrain;

/// <summary>Paints a relief map: cover in soft colors, lit from the north-west.</summary>
/// <remarks>Covers do not run into each other: ragged borders, which young land has, would then show in how often mixed colors
/// occur.</remarks>
internal static class Shading
{
    internal static Image Paint(HeightField heights, Land land)
    {
        int size = heights.Size;
        float[] light = Light(heights, land);
        Image image = new(size, size, 3);
        for (int i = 0; i < light.Length; i++)
        {
            (float red, float green, float blue) = Biomes.Paint[land.Classes[i]];
            float factor = land.Depth[i] > 0 ? 1.04f - 0.10f * land.Depth[i] : light[i];
            (image.Samples[3 * i], image.Samples[3 * i + 1], image.Samples[3 * i + 2]) = (Sample(red * factor), Sample(green * factor),
                Sample(blue * factor));
        }
        return image;
    }

    private static byte Sample(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);

    /// <summary>Light on the land as a factor. Its distribution is the same for every cover of every tile: only where it falls tells of the
    /// relief.</summary>
    private static float[] Light(HeightField heights, Land land)
    {
        int size = heights.Size;
        float[] light = new float[size * size];
        foreach (IGrouping<byte, int> cover in Enumerable.Range(0, light.Length).Where(point => land.Depth[point] <= 0)
            .GroupBy(point => land.Classes[point]))
        {
            int[] order = [.. cover];
            float[] lit = [.. order.Select(point => Facing(heights, point % size, point / size))];
            Array.Sort(lit, order);
            for (int i = 0; i < order.Length; i++) light[order[i]] = Tone((i + 0.5f) / order.Length);
        }
        return light;
    }

    /// <summary>How far a slope rises to the south-east, so that it faces the light.</summary>
    private static float Facing(HeightField heights, int x, int y) =>
        heights.At(x + 1, y) - heights.At(x - 1, y) + heights.At(x, y + 1) - heights.At(x, y - 1);

    /// <summary>From a rank to a factor: most of the land is of middle light, few slopes are bright, some are dark.</summary>
    private static float Tone(float rank)
    {
        float logit = MathF.Log(rank / (1 - rank));
        return Math.Clamp(0.96f + 0.060f * logit - (logit < 0 ? 0.012f * logit * logit : 0), 0.35f, 1.18f);
    }
}
