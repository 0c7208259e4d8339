using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>A separable Gaussian: down the columns, then along the rows. Left and right are treated alike, bit for bit.</summary>
internal static class BlurKernel
{
    /// <summary>Pixels that a kernel may reach to each side.</summary>
    public const int MaximumRadius = 300;

    /// <summary>Blurs the picture.</summary>
    /// <param name="canvas">The picture.</param>
    /// <param name="sigma">Standard deviation in pixels, above 0.</param>
    /// <param name="radius">Pixels to each side, 0 to <see cref="MaximumRadius"/>.</param>
    public static void Run(Canvas canvas, float sigma, int radius)
    {
        Span<float> weights = stackalloc float[radius + 1];
        Weights(weights, sigma);
        Planes pixels = canvas.PixelsAsTheyLie();
        Planes half = canvas.Spare(pixels.Size);
        Span<float> padded = canvas.Scratch(pixels.RowStride + 2 * radius);
        padded.Clear();
        for (int channel = 0; channel < pixels.Channels; channel++)
        {
            Columns(pixels.Plane(channel), half.Plane(channel), pixels.Height, pixels.RowStride, weights);
            for (int y = 0; y < pixels.Height; y++)
            {
                Mirror(half.Row(channel, y), padded, radius);
                Row(padded, pixels.Plane(channel).Slice(y * pixels.RowStride, pixels.RowStride), weights);
            }
        }
    }

    /// <summary>The place that a place beyond the border stands for: mirrored at the outermost pixel, as often as needed.</summary>
    internal static int Reflect(int at, int length)
    {
        if (length == 1)
            return 0;
        int period = 2 * (length - 1), i = Math.Abs(at) % period;
        return i < length ? i : period - i;
    }

    /// <summary>The middle weight and those to one side; all of them, both sides counted, sum to 1.</summary>
    private static void Weights(Span<float> weights, float sigma)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double x = i / (double)sigma, weight = Math.Exp(-0.5 * x * x);
            sum += i == 0 ? weight : 2 * weight;
            weights[i] = (float)weight;
        }
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (float)(weights[i] / sum);
    }

    private static void Columns(ReadOnlySpan<float> source, Span<float> target, int height, int stride, ReadOnlySpan<float> weights)
    {
        ref float from = ref MemoryMarshal.GetReference(source);
        ref float to = ref MemoryMarshal.GetReference(target);
        Span<int> above = stackalloc int[weights.Length], below = stackalloc int[weights.Length];
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < weights.Length; i++)
                (above[i], below[i]) = (Reflect(y - i, height) * stride, Reflect(y + i, height) * stride);
            for (int x = 0; x < stride; x += Planes.Lanes)
            {
                Vector512<float> sum = Vector512.LoadUnsafe(ref from, (nuint)(y * stride + x)) * weights[0];
                for (int i = 1; i < weights.Length; i++)
                {
                    Vector512<float> pair = Vector512.LoadUnsafe(ref from, (nuint)(above[i] + x))
                        + Vector512.LoadUnsafe(ref from, (nuint)(below[i] + x));
                    sum = Vector512.FusedMultiplyAdd(pair, Vector512.Create(weights[i]), sum);
                }
                sum.StoreUnsafe(ref to, (nuint)(y * stride + x));
            }
        }
    }

    private static void Mirror(ReadOnlySpan<float> row, Span<float> padded, int radius)
    {
        row.CopyTo(padded[radius..]);
        for (int i = 1; i <= radius; i++)
        {
            padded[radius - i] = row[Reflect(-i, row.Length)];
            padded[radius + row.Length - 1 + i] = row[Reflect(row.Length - 1 + i, row.Length)];
        }
    }

    private static void Row(ReadOnlySpan<float> padded, Span<float> target, ReadOnlySpan<float> weights)
    {
        int radius = weights.Length - 1;
        ref float from = ref MemoryMarshal.GetReference(padded);
        ref float to = ref MemoryMarshal.GetReference(target);
        for (int x = 0; x < target.Length; x += Planes.Lanes)
        {
            nuint middle = (nuint)(x + radius);
            Vector512<float> sum = Vector512.LoadUnsafe(ref from, middle) * weights[0];
            for (int i = 1; i < weights.Length; i++)
            {
                Vector512<float> pair = Vector512.LoadUnsafe(ref from, middle - (nuint)i)
                    + Vector512.LoadUnsafe(ref from, middle + (nuint)i);
                sum = Vector512.FusedMultiplyAdd(pair, Vector512.Create(weights[i]), sum);
            }
            sum.StoreUnsafe(ref to, (nuint)x);
        }
    }
}
