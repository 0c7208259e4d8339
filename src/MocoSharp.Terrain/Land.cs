using MocoSharp.Imaging;

namespace MocoSharp.Terrain;

/// <summary>What covers each point of a tile.</summary>
/// <param name="Size">Points a side.</param>
/// <param name="Classes">The class of each point.</param>
/// <param name="Depth">0 on land; below water 0 at the shore to 1.</param>
internal sealed record Land(int Size, byte[] Classes, float[] Depth)
{
    internal static Land Of(HeightField heights, ref Rng rng)
    {
        int size = heights.Size;
        float sea = MathF.Max(0, rng.NextSingle(-0.3f, 0.4f)), wet = rng.NextSingle(-0.28f, 0.28f), cold = rng.NextSingle();
        (float left, float top) = (rng.NextSingle(0, 1000), rng.NextSingle(0, 1000));
        FractalNoise rain = new(rng.NextUInt64());
        HeightField ranks = heights.Ranks(), regions = heights.Smoothed(Math.Max(1, size / 64)).Ranks();
        Land land = new(size, new byte[size * size], new float[size * size]);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                int at = y * size + x;
                float own = ranks.Values[at];
                if (own < sea)
                {
                    land.Depth[at] = (sea - own) / sea;
                    continue;                                       // class 0 is water
                }
                float moisture = 0.5f + wet + 0.42f * rain.Sum(x * 3f / size + left, y * 3f / size + top, 4);
                land.Classes[at] = (byte)Biomes.Of((regions.Values[at] - sea) / (1 - sea), moisture, cold);
            }
        return land;
    }

    internal Image Picture()
    {
        Image image = new(Size, Size, 3);
        for (int i = 0; i < Classes.Length; i++)
            (image.Samples[3 * i], image.Samples[3 * i + 1], image.Samples[3 * i + 2]) = Biomes.Palette[Classes[i]];
        return image;
    }
}
