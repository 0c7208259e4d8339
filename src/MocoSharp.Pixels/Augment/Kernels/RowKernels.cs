namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Weighted sums along one row.</summary>
internal static class RowKernels
{
    /// <summary>One channel of a row.</summary>
    /// <param name="source">Starts at the channel's first sample.</param>
    /// <param name="step">Floats from pixel to pixel.</param>
    /// <param name="weights">Of the row.</param>
    /// <param name="target">Gets the row.</param>
    public static void One(ReadOnlySpan<float> source, int step, ResampleWeights weights, Span<float> target)
    {
        ReadOnlySpan<int> first = weights.First;
        for (int x = 0; x < target.Length; x++)
        {
            ReadOnlySpan<float> values = weights.Of(x);
            float sum = 0;
            for (int k = 0, at = first[x] * step; k < values.Length; k++, at += step)
                sum = MathF.FusedMultiplyAdd(source[at], values[k], sum);
            target[x] = sum;
        }
    }
}
