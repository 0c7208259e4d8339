using System.Text.Json;
using MocoSharp.Maps.Neighbors;
using MocoSharp.Maps.Numerics;

namespace MocoSharp.Maps.Tests;

/// <summary>Points that tests make, and the reference programs' numbers.</summary>
internal static class Made
{
    /// <summary>Normal points about some centers, in turn.</summary>
    internal static PointSet Blobs(int count, int dimensions, int centers, double apart = 6, ulong seed = 1)
    {
        float[] values = new float[count * dimensions];
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / dimensions, center = row % centers;
            double middle = apart * Rng.For(seed, Rng.Use.Sample, -1 - center, i % dimensions).NextGaussian();
            values[i] = (float)(middle + Rng.For(seed, Rng.Use.Sample, row, i % dimensions).NextGaussian());
        }
        return new PointSet(values, dimensions);
    }

    internal static int[] Labels(int count, int centers) => [.. Enumerable.Range(0, count).Select(row => row % centers)];

    internal static JsonElement Golden(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.json"))).RootElement;

    internal static float[] Floats(this JsonElement list, string name) =>
        [.. list.GetProperty(name).EnumerateArray().Select(static item => item.GetSingle())];

    internal static int[] Wholes(this JsonElement list, string name) =>
        [.. list.GetProperty(name).EnumerateArray().Select(static item => item.GetInt32())];

    internal static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    /// <summary>The bits of all places.</summary>
    internal static int[] Bits(PointSet points) => [.. points.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];

    /// <summary>The share of points whose nearest other point on the map has their label.</summary>
    internal static double Agreement(PointSet points, int[] labels)
    {
        NeighborGraph nearest = NearestNeighbors.Find(points, 1, search: NeighborSearch.Exact);
        return Enumerable.Range(0, points.Count).Average(row => labels[nearest.Of(row)[0]] == labels[row] ? 1.0 : 0.0);
    }
}
