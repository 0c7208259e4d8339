using MocoSharp.Imaging;

namespace MocoSharp.Terrain;

/// <summary>What water and gravity do to heights of 0 to 1.</summary>
internal static class Erosion
{
    private const int Life = 40;                   // steps of a drop
    private const float Inertia = 0.05f, Capacity = 4, LeastSlope = 0.01f, Erode = 0.3f, Deposit = 0.3f, Evaporate = 0.02f, Gravity = 4;

    /// <summary>Drops run down, take material where they are fast and leave it where they slow down: valleys that join each
    /// other.</summary>
    /// <remarks>The particle form of hydraulic erosion (Beyer 2015, "Implementation of a method for hydraulic erosion").</remarks>
    internal static void Rain(HeightField field, int drops, ref Rng rng)
    {
        int last = field.Size - 2;
        for (int drop = 0; drop < drops; drop++)
        {
            (float x, float y) = (rng.NextSingle(1, last), rng.NextSingle(1, last));
            (float dx, float dy, float speed, float water, float load) = (0, 0, 1, 1, 0);
            for (int step = 0; step < Life; step++)
            {
                (int ix, int iy) = ((int)x, (int)y);
                (float fx, float fy) = (x - ix, y - iy);
                (float height, float gx, float gy) = Look(field, ix, iy, fx, fy);
                (dx, dy) = (dx * Inertia - gx * (1 - Inertia), dy * Inertia - gy * (1 - Inertia));
                float length = MathF.Sqrt(dx * dx + dy * dy);
                if (length < 1e-8f) break;
                (dx, dy) = (dx / length, dy / length);
                (x, y) = (x + dx, y + dy);
                if (x < 1 || y < 1 || x >= last || y >= last) break;
                float change = Look(field, (int)x, (int)y, x - (int)x, y - (int)y).Height - height;
                float room = MathF.Max(-change, LeastSlope) * speed * water * Capacity;
                if (load > room || change > 0)
                {
                    float left = change > 0 ? MathF.Min(change, load) : (load - room) * Deposit;
                    load -= left;
                    Spread(field, ix, iy, fx, fy, left);
                }
                else
                {
                    float taken = MathF.Min((room - load) * Erode, -change);
                    load += taken;
                    Carve(field, ix, iy, taken);
                }
                speed = MathF.Sqrt(MathF.Max(0, speed * speed - change * Gravity));
                water *= 1 - Evaporate;
            }
        }
    }

    /// <summary>Material slides where a slope is steeper than it holds.</summary>
    /// <param name="field">Heights.</param>
    /// <param name="talus">The steepest difference between neighbors that holds.</param>
    /// <param name="rounds">How often.</param>
    internal static void Slide(HeightField field, float talus, int rounds)
    {
        int size = field.Size;
        float[] moved = new float[size * size];
        for (int round = 0; round < rounds; round++)
        {
            Array.Clear(moved);
            for (int y = 1; y < size - 1; y++)
                for (int x = 1; x < size - 1; x++)
                {
                    int at = y * size + x, lowest = at;
                    foreach (int beside in (ReadOnlySpan<int>)[at - 1, at + 1, at - size, at + size])
                        if (field.Values[beside] < field.Values[lowest]) lowest = beside;
                    float excess = field.Values[at] - field.Values[lowest] - talus;
                    if (excess <= 0) continue;
                    moved[at] -= excess / 4;
                    moved[lowest] += excess / 4;
                }
            for (int i = 0; i < moved.Length; i++) field.Values[i] += moved[i];
        }
    }

    private static (float Height, float X, float Y) Look(HeightField field, int x, int y, float fx, float fy)
    {
        int at = y * field.Size + x;
        float[] v = field.Values;
        (float a, float b, float c, float d) = (v[at], v[at + 1], v[at + field.Size], v[at + field.Size + 1]);
        return (a * (1 - fx) * (1 - fy) + b * fx * (1 - fy) + c * (1 - fx) * fy + d * fx * fy,
            (b - a) * (1 - fy) + (d - c) * fy, (c - a) * (1 - fx) + (d - b) * fx);
    }

    private static void Spread(HeightField field, int x, int y, float fx, float fy, float amount)
    {
        field[x, y] += amount * (1 - fx) * (1 - fy);
        field[x + 1, y] += amount * fx * (1 - fy);
        field[x, y + 1] += amount * (1 - fx) * fy;
        field[x + 1, y + 1] += amount * fx * fy;
    }

    // over 3 × 3 points: a drop that took from one alone would drill holes
    private static void Carve(HeightField field, int x, int y, float amount)
    {
        for (int j = -1; j <= 1; j++)
            for (int i = -1; i <= 1; i++)
                field[x + i, y + j] -= amount * (2 - Math.Abs(i)) * (2 - Math.Abs(j)) / 16f;
    }
}
