namespace MocoSharp.Testing;

/// <summary>When two results of floating-point work count as the same.</summary>
public static class Tolerance
{
    /// <summary>Every element lies within <paramref name="relative"/> × the largest expected magnitude.</summary>
    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        foreach (float value in expected) largest = Math.Max(largest, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
            Close(expected[i], actual[i], relative * largest, $"element {i} of {expected.Length}");
    }

    /// <inheritdoc cref="Close(ReadOnlySpan{float}, ReadOnlySpan{float}, double)"/>
    public static void Close(ReadOnlySpan<float> expected, Tensor actual, double relative)
    {
        using TensorScope scope = TensorScope.Begin();
        Close(expected, actual.Detach().To(DType.Float32).ToArray<float>(), relative);
    }

    /// <inheritdoc cref="Close(ReadOnlySpan{float}, ReadOnlySpan{float}, double)"/>
    public static void Close(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        using TensorScope scope = TensorScope.Begin();
        Close(expected.Detach().To(DType.Float32).ToArray<float>(), actual, relative);
    }

    /// <summary>Two numbers lie within an absolute distance; a NaN is never close.</summary>
    public static void Close(double expected, double actual, double absolute, string what = "value") =>
        Assert.True(Math.Abs(expected - actual) <= absolute, $"{what}: expected {expected:R}, got {actual:R}, allowed ± {absolute:R}");
}
