namespace MocoSharp.Imaging.Terrain;

/// <summary>Paints a relief map: cover in soft colours, lit from the north-west.</summary>
internal static class Shading
{
    private const int ColourBlur = 200;            // a tile's side has so many times the radius over which cover colours run into each other

    internal static Image Paint(HeightField heights, Land land)
    {
        int size = heights.Size;
        HeightField[] colours = Colours(land);
        float[] light = Light(heights, land);
        Image image = new(size, size, 3);
        for (int i = 0; i < light.Length; i++)
            for (int channel = 0; channel < 3; channel++)
            {
                float value = land.Depth[i] > 0 ? Sea(channel, land.Depth[i]) : colours[channel].Values[i] * light[i];
                image.Samples[3 * i + channel] = (byte)Math.Clamp(value + 0.5f, 0, 255);
            }
        return image;
    }

    private static float Sea(int channel, float depth)
    {
        (float red, float green, float blue) = Biomes.Paint[Biomes.Water];
        float colour = channel == 0 ? red : channel == 1 ? green : blue;
        return colour * (1.04f - 0.10f * depth);
    }

    /// <summary>Cover colours that run into each other, without the sea's.</summary>
    private static HeightField[] Colours(Land land)
    {
        HeightField[] channels = [new(land.Size), new(land.Size), new(land.Size)];
        HeightField dry = new(land.Size);
        for (int i = 0; i < land.Classes.Length; i++)
        {
            if (land.Classes[i] == Biomes.Water) continue;
            (channels[0].Values[i], channels[1].Values[i], channels[2].Values[i]) = Biomes.Paint[land.Classes[i]];
            dry.Values[i] = 1;
        }
        int radius = Math.Max(1, land.Size / ColourBlur);
        HeightField weight = dry.Smoothed(radius);
        return [.. channels.Select(channel =>
        {
            HeightField soft = channel.Smoothed(radius);
            for (int i = 0; i < soft.Values.Length; i++) soft.Values[i] /= Math.Max(weight.Values[i], 1e-3f);
            return soft;
        })];
    }

    /// <summary>Light on the land as a factor. Its distribution is the same for every tile: only where it falls tells of the relief.</summary>
    private static float[] Light(HeightField heights, Land land)
    {
        int size = heights.Size;
        float[] light = new float[size * size];
        List<float> lit = new(light.Length);
        List<int> at = new(light.Length);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
            {
                int point = y * size + x;
                if (land.Depth[point] > 0) continue;
                float dx = heights.At(x + 1, y) - heights.At(x - 1, y), dy = heights.At(x, y + 1) - heights.At(x, y - 1);
                lit.Add(dx + dy);                  // slopes that rise to the south-east face the light
                at.Add(point);
            }
        float[] keys = [.. lit];
        int[] order = [.. at];
        Array.Sort(keys, order);
        for (int i = 0; i < order.Length; i++) light[order[i]] = Tone((i + 0.5f) / order.Length);
        return light;
    }

    /// <summary>From a rank to a factor: most of the land is of middle light, few slopes are bright, some are dark.</summary>
    private static float Tone(float rank)
    {
        float logit = MathF.Log(rank / (1 - rank));
        return Math.Clamp(0.96f + 0.060f * logit - (logit < 0 ? 0.012f * logit * logit : 0), 0.35f, 1.18f);
    }
}
