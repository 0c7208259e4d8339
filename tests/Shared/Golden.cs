using System.Text.Json;

namespace MocoSharp.Testing;

/// <summary>The reference programs' numbers: Golden/*.json, made by tools/reference/*.py.</summary>
public static class Golden
{
    // Two right fp32 programs differ by what becomes of their rounding. The reference was run with its sums in many orders and rounding
    // magnified (tools/reference/rounding.py); the furthest of those runs is the file's spread. Below Least a spread says that they
    // happened to agree.
    private const double Exact = 1e-9, Margin = 2, Least = 1e-6;

    /// <summary>How far a number may be from the reference's in fp64, as a share of it.</summary>
    /// <param name="spread">The reference's own in fp32.</param>
    /// <param name="precision">fp64: whether both compute the same. fp32: whether they differ by rounding alone.</param>
    public static double Allowed(this JsonElement spread, DType precision) => precision == DType.Float64 ? Exact
        : Margin * Math.Max(spread.GetDouble(), Least);

    /// <summary>The root of one file.</summary>
    /// <param name="name">Without folder and extension.</param>
    public static JsonElement Open(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.json"));
        using JsonDocument document = JsonDocument.Parse(file);
        return document.RootElement.Clone();
    }

    /// <summary>The entry of a list whose <c>name</c> is this.</summary>
    public static JsonElement Named(this JsonElement list, string name) =>
        list.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);

    /// <summary>The property's number.</summary>
    public static double Number(this JsonElement element, string property) => element.GetProperty(property).GetDouble();

    /// <summary>The property's whole number.</summary>
    public static int Whole(this JsonElement element, string property) => element.GetProperty(property).GetInt32();

    /// <summary>A list of float32 numbers.</summary>
    public static float[] Floats(this JsonElement list) => [.. list.EnumerateArray().Select(static item => item.GetSingle())];

    /// <summary>A list of whole numbers: a shape, a permutation.</summary>
    public static long[] Longs(this JsonElement list) => [.. list.EnumerateArray().Select(static item => item.GetInt64())];

    /// <summary>Holds a tensor against a whole one: <c>{ "shape", "values" }</c>.</summary>
    /// <param name="expected">The golden entry.</param>
    /// <param name="actual">Any element type and layout.</param>
    /// <param name="relative">The largest distance of an element, as a share of the largest expected magnitude.</param>
    public static void HoldsWhole(this JsonElement expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.GetProperty("shape").Longs(), actual.Shape);
        Tolerance.Close(expected.GetProperty("values").Floats(), actual, relative);
    }

    /// <summary>Holds a large tensor against <c>{ "shape", "sum", "norm", "first" }</c>: sum and norm in float64, the first elements one by
    /// one.</summary>
    /// <param name="expected">The golden entry.</param>
    /// <param name="actual">Any element type and layout.</param>
    /// <param name="relative">Share of the norm for norm and sum, of the largest of the first elements for these.</param>
    public static void HoldsSummary(this JsonElement expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.GetProperty("shape").Longs(), actual.Shape);
        using TensorScope scope = TensorScope.Begin();
        Tensor wide = actual.Detach().To(DType.Float64);
        double norm = expected.Number("norm");
        Tolerance.Close(norm, wide.Norm().ToDouble(), relative * norm, "norm");
        Tolerance.Close(expected.Number("sum"), wide.Sum().ToDouble(), relative * norm * Math.Sqrt(actual.ElementCount), "sum");
        float[] first = expected.GetProperty("first").Floats();
        Tolerance.Close(first, wide.To(DType.Float32).Contiguous().View(-1).Narrow(0, 0, first.Length), relative);
    }
}
