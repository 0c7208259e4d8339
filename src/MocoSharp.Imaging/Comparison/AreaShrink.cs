namespace MocoSharp.Imaging.Comparison;

/// <summary>Resamples by area: each new pixel is the mean of what it covers, with parts of pixels at its rim.</summary>
internal static class AreaShrink
{
    /// <summary>Resamples a part of a plane.</summary>
    /// <param name="plane">[height, width].</param>
    /// <param name="width">Columns of the plane.</param>
    /// <param name="across">Which columns make a new one.</param>
    /// <param name="down">Which rows make a new one.</param>
    /// <param name="made">[new rows, new columns], written over.</param>
    internal static void Run(ReadOnlySpan<float> plane, int width, AreaTaps across, AreaTaps down, Span<float> made)
    {
        int height = plane.Length / width, columns = across.Count;
        float[] narrow = new float[height * columns];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < columns; x++) narrow[y * columns + x] = across.Mean(x, plane.Slice(y * width, width), stride: 1);
        for (int y = 0; y < down.Count; y++)
            for (int x = 0; x < columns; x++) made[y * columns + x] = down.Mean(y, narrow.AsSpan(x), columns);
    }
}

/// <summary>Which old pixels of a line make each new one, and with what weights.</summary>
internal sealed class AreaTaps
{
    private readonly int[] _first;
    private readonly float[][] _weights;

    /// <summary>Works them out.</summary>
    /// <param name="old">Old pixels of the line.</param>
    /// <param name="start">Where the part begins that is resampled, in old pixels.</param>
    /// <param name="length">How long it is, in old pixels; it ends within the line.</param>
    /// <param name="count">New pixels.</param>
    internal AreaTaps(int old, double start, double length, int count)
    {
        (_first, _weights) = (new int[count], new float[count][]);
        double step = length / count;
        for (int i = 0; i < count; i++)
        {
            double from = start + i * step, to = from + step;
            int first = Math.Min((int)from, old - 1), end = Math.Clamp((int)Math.Ceiling(to), first + 1, old);
            _first[i] = first;
            _weights[i] = [.. Enumerable.Range(first, end - first)
                .Select(x => (float)(Math.Max(0, Math.Min(x + 1, to) - Math.Max(x, from)) / step))];
        }
    }

    /// <summary>New pixels.</summary>
    internal int Count => _first.Length;

    /// <summary>A new pixel.</summary>
    /// <param name="index">Which.</param>
    /// <param name="line">The old ones.</param>
    /// <param name="stride">Numbers from one old pixel to the next.</param>
    internal float Mean(int index, ReadOnlySpan<float> line, int stride)
    {
        float sum = 0;
        int at = _first[index] * stride;
        foreach (float weight in _weights[index])
        {
            sum += weight * line[at];
            at += stride;
        }
        return sum;
    }
}
