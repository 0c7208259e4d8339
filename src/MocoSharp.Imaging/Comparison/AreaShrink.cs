using System.Buffers;
using System.Numerics.Tensors;

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
        int columns = across.Count;
        float[] rented = ArrayPool<float>.Shared.Rent(width);
        Span<float> line = rented.AsSpan(0, width);
        for (int y = 0; y < down.Count; y++)
        {
            down.Mean(y, plane, line);
            across.Means(line, made.Slice(y * columns, columns));
        }
        ArrayPool<float>.Shared.Return(rented);
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

    /// <summary>A new line of old lines.</summary>
    /// <param name="index">Which.</param>
    /// <param name="plane">The old lines, one after the other, each as long as the new one.</param>
    /// <param name="line">Written over.</param>
    internal void Mean(int index, ReadOnlySpan<float> plane, Span<float> line)
    {
        line.Clear();
        int at = _first[index] * line.Length;
        foreach (float weight in _weights[index])
        {
            TensorPrimitives.MultiplyAdd(plane.Slice(at, line.Length), weight, line, line);
            at += line.Length;
        }
    }

    /// <summary>All new pixels of a line.</summary>
    /// <param name="line">The old ones.</param>
    /// <param name="made">[<see cref="Count"/>], written over.</param>
    internal void Means(ReadOnlySpan<float> line, Span<float> made)
    {
        for (int i = 0; i < made.Length; i++)
        {
            float[] weights = _weights[i];
            float sum = 0;
            for (int x = 0, at = _first[i]; x < weights.Length; x++) sum += weights[x] * line[at + x];
            made[i] = sum;
        }
    }
}
