namespace MocoSharp.Terrain;

/// <summary>Heights on a square grid, without a unit; row by row.</summary>
/// <param name="size">Points a side, 8 or more.</param>
internal sealed class HeightField(int size)
{
    internal int Size => size;

    internal float[] Values { get; } = new float[size * size];

    internal ref float this[int x, int y] => ref Values[y * size + x];

    /// <summary>The value at a point, with the border going on outside.</summary>
    internal float At(int x, int y) => Values[Math.Clamp(y, 0, size - 1) * size + Math.Clamp(x, 0, size - 1)];

    internal HeightField Copy()
    {
        HeightField copy = new(size);
        Values.CopyTo(copy.Values, 0);
        return copy;
    }

    /// <summary>Stretches the values to 0 … 1.</summary>
    internal HeightField Stretch()
    {
        (float low, float high) = (Values.Min(), Values.Max());
        for (int i = 0; i < Values.Length; i++) Values[i] = (Values[i] - low) / Math.Max(high - low, 1e-9f);
        return this;
    }

    /// <summary>Each value's rank among all, 0 to 1: what is left of a field when its distribution is taken away.</summary>
    internal HeightField Ranks()
    {
        int[] order = [.. Enumerable.Range(0, Values.Length)];
        float[] keys = [.. Values];
        Array.Sort(keys, order);
        HeightField ranks = new(size);
        for (int i = 0; i < order.Length; i++) ranks.Values[order[i]] = (float)i / (order.Length - 1);
        return ranks;
    }

    /// <summary>The mean over a square window, three times: nearly a Gaussian.</summary>
    internal HeightField Smoothed(int radius)
    {
        HeightField field = Copy(), spare = new(size);
        for (int pass = 0; pass < 3; pass++)
        {
            Box(field.Values, spare.Values, radius, step: 1, line: size);
            Box(spare.Values, field.Values, radius, step: size, line: 1);
        }
        return field;
    }

    private void Box(float[] from, float[] to, int radius, int step, int line)
    {
        for (int row = 0; row < size; row++)
        {
            int start = row * line;
            double sum = 0;
            for (int i = -radius; i <= radius; i++) sum += from[start + Math.Clamp(i, 0, size - 1) * step];
            for (int i = 0; i < size; i++)
            {
                to[start + i * step] = (float)(sum / (2 * radius + 1));
                sum += from[start + Math.Min(i + radius + 1, size - 1) * step] - from[start + Math.Max(i - radius, 0) * step];
            }
        }
    }
}
