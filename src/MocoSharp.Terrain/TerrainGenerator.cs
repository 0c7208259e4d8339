using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Terrain;

/// <summary>Invents land: fractal mountains, erosion, cover, a shaded map. A tile depends on its seed and number alone.</summary>
/// <remarks>Age and ridges must not be readable from colors. So water and cover follow the ranks of the heights, the relief's light has one
/// distribution for each cover of each tile, covers do not run into each other, and moisture, cold and sea level are drawn apart from both.
/// How often a color occurs then follows from the map of classes alone.</remarks>
public static class TerrainGenerator
{
    private const float Stretch = 2.6f;            // chains are so much longer than wide

    /// <summary>Makes one tile.</summary>
    /// <param name="seed">The set's seed.</param>
    /// <param name="number">The tile's number.</param>
    /// <param name="size">Pixels a side, 32 or more; 512 in the original set.</param>
    public static TerrainTile Make(ulong seed, int number, int size = 512)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 32);
        Rng rng = Rng.For(seed, number);
        (ErosionAge age, RidgeDirection ridges) = ((ErosionAge)rng.NextInt32(3), (RidgeDirection)rng.NextInt32(4));
        HeightField heights = Mountains(size, ridges, ref rng);
        Weather(heights, age, ref rng);
        Land land = Land.Of(heights.Stretch(), ref rng);
        return new TerrainTile(Shading.Paint(heights, land), Deep(heights), land.Picture(), age, ridges);
    }

    private static HeightField Mountains(int size, RidgeDirection ridges, ref Rng rng)
    {
        float angle = (float)ridges * MathF.PI / 4 + rng.NextSingle(-0.2f, 0.2f), step = rng.NextSingle(2.6f, 3.6f) / size;
        (float cos, float sin) = (MathF.Cos(angle), MathF.Sin(angle));
        (float left, float top) = (rng.NextSingle(0, 1000), rng.NextSingle(0, 1000));
        FractalNoise chains = new(rng.NextUInt64()), bends = new(rng.NextUInt64()), lands = new(rng.NextUInt64());
        HeightField field = new(size);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                (float px, float py) = (x * step, -y * step);       // rows go down, north is up
                float bend = 0.35f * bends.Sum(px * 0.9f + left, py * 0.9f + top, 3);
                (float along, float across) = ((cos * px + sin * py) / Stretch, -sin * px + cos * py + bend);
                float chain = chains.Ridged(along * 1.3f + left, across * 1.3f + top, octaves: 7, gain: 0.52f);
                float land = lands.Sum(px * 0.45f + left, py * 0.45f + top, 4);
                field[x, y] = chain * (0.55f + 0.45f * Math.Clamp(land + 0.6f, 0, 1.2f)) + 0.55f * land;
            }
        return field.Stretch();
    }

    private static void Weather(HeightField field, ErosionAge age, ref Rng rng)
    {
        int points = field.Size * field.Size;
        float finest = 4f / field.Size;            // a slope of 45° when a tile is as high as a quarter of its side
        switch (age)
        {
            case ErosionAge.Young:
                Erosion.Rain(field, points / 60, ref rng);
                break;
            case ErosionAge.Mature:
                Erosion.Rain(field, points / 5, ref rng);
                Erosion.Slide(field, finest, rounds: 4);
                break;
            default:
                Erosion.Rain(field, points / 8, ref rng);
                Erosion.Slide(field, finest / 3, rounds: 30);
                field.Smoothed(Math.Max(1, field.Size / 256)).Values.CopyTo(field.Values, 0);
                Erosion.Rain(field, points / 6, ref rng);
                field.Smoothed(1).Values.CopyTo(field.Values, 0);
                break;
        }
    }

    private static DeepImage Deep(HeightField heights)
    {
        DeepImage image = new(heights.Size, heights.Size, 1);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (ushort)(heights.Values[i] * ushort.MaxValue + 0.5f);
        return image;
    }
}
