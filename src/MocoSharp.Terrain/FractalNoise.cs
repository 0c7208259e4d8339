namespace MocoSharp.Terrain;

/// <summary>Gradient noise of several octaves, anywhere in the plane.</summary>
/// <remarks>Perlin 2002, "Improving noise": quintic fade; gradients are hashed from the lattice point and a seed.</remarks>
/// <param name="seed">Chooses the plane.</param>
internal readonly struct FractalNoise(ulong seed)
{
    private const float Golden = 0.618034f;
    private static readonly (float X, float Y)[] s_directions =
        [.. Enumerable.Range(0, 64).Select(static i => (MathF.Cos(i * MathF.PI / 32), MathF.Sin(i * MathF.PI / 32)))];

    /// <summary>One octave, about −1 to 1; lattice points are 1 apart.</summary>
    internal float One(float x, float y, int octave = 0)
    {
        (float fx, float fy) = (MathF.Floor(x), MathF.Floor(y));
        (int ix, int iy) = ((int)fx, (int)fy);
        (float dx, float dy) = (x - fx, y - fy);
        (float u, float v) = (Fade(dx), Fade(dy));
        float top = Mix(Slope(ix, iy, octave, dx, dy), Slope(ix + 1, iy, octave, dx - 1, dy), u);
        float bottom = Mix(Slope(ix, iy + 1, octave, dx, dy - 1), Slope(ix + 1, iy + 1, octave, dx - 1, dy - 1), u);
        return Mix(top, bottom, v) * 1.5f;
    }

    /// <summary>Octaves of double frequency and falling weight.</summary>
    internal float Sum(float x, float y, int octaves, float gain = 0.5f)
    {
        float sum = 0, weight = 1;
        for (int octave = 0; octave < octaves; octave++, weight *= gain, x = 2 * x + Golden, y = 2 * y + Golden)
            sum += weight * One(x, y, octave);
        return sum;
    }

    /// <summary>Octaves of sharp crests; each is stronger where the one before is high, so that valleys stay smooth.</summary>
    internal float Ridged(float x, float y, int octaves, float gain = 0.5f)
    {
        float sum = 0, weight = 1, before = 1;
        for (int octave = 0; octave < octaves; octave++, weight *= gain, x = 2 * x + Golden, y = 2 * y + Golden)
        {
            float crest = 1 - MathF.Abs(One(x, y, octave));
            crest *= crest;
            sum += weight * crest * before;
            before = Math.Clamp(1.6f * crest, 0, 1);
        }
        return sum;
    }

    private float Slope(int x, int y, int octave, float dx, float dy)
    {
        ulong hash = seed + (ulong)(uint)x * 0x9E3779B97F4A7C15 + (ulong)(uint)y * 0xC2B2AE3D27D4EB4F + (ulong)(uint)octave
            * 0x165667B19E3779F9;
        hash = (hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 32)) * 0x94D049BB133111EB;
        (float gx, float gy) = s_directions[hash >> 58];
        return gx * dx + gy * dy;
    }

    private static float Fade(float t) => t * t * t * (t * (6 * t - 15) + 10);

    private static float Mix(float a, float b, float t) => a + t * (b - a);
}
