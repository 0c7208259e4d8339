using System.Numerics.Tensors;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Planes become interleaved, normalized and, where a flip was noted, mirrored floats in one pass.</summary>
internal static class NormalizeKernel
{
    /// <summary>Writes the view.</summary>
    /// <param name="canvas">The picture.</param>
    /// <param name="stats">What it is normalized by.</param>
    /// <param name="view">Gets [Height, Width, Channels].</param>
    /// <exception cref="ArgumentException">The span's length is not the picture's.</exception>
    public static void Run(Canvas canvas, ChannelStats stats, Span<float> view)
    {
        Planes pixels = canvas.PixelsAsTheyLie();
        if (view.Length != pixels.Size.Samples)
            throw new ArgumentException(
                $"the view is {pixels.Size}, which is {pixels.Size.Samples} floats, and there is room for {view.Length}", nameof(view));
        if (!stats.Fits(pixels.Channels))
            throw new ArgumentException(
                $"the statistics '{stats.Name}' are for {stats.Mean.Count} channels, and the view has {pixels.Channels}", nameof(stats));
        int rowLength = pixels.Width * pixels.Channels;
        bool rgb = pixels.Channels == 3;
        Affine first = stats.Affine(0), second = rgb ? stats.Affine(1) : default, third = rgb ? stats.Affine(2) : default;
        for (int y = 0; y < pixels.Height; y++)
        {
            Span<float> row = view.Slice(y * rowLength, rowLength);
            if (rgb)
                InterleaveKernel.Run(pixels.Row(0, y), pixels.Row(1, y), pixels.Row(2, y), first, second, third, canvas.Mirrored, row);
            else
                for (int channel = 0; channel < pixels.Channels; channel++)
                    One(pixels.Row(channel, y), stats.Affine(channel), canvas.Mirrored, row[channel..], pixels.Channels);
        }
    }

    /// <summary>The same without interleaving.</summary>
    /// <param name="canvas">The picture.</param>
    /// <param name="stats">What it is normalized by; fits.</param>
    /// <param name="view">Gets [Channels, Height, Width].</param>
    public static void Planar(Canvas canvas, ChannelStats stats, Span<float> view)
    {
        Planes pixels = canvas.Pixels();
        for (int channel = 0; channel < pixels.Channels; channel++)
        {
            Affine affine = stats.Affine(channel);
            for (int y = 0; y < pixels.Height; y++, view = view[pixels.Width..])
            {
                TensorPrimitives.Multiply(pixels.Row(channel, y), affine.Scale, view);
                TensorPrimitives.Add(view[..pixels.Width], affine.Shift, view);
            }
        }
    }

    private static void One(ReadOnlySpan<float> source, Affine affine, bool mirrored, Span<float> row, int step)
    {
        for (int x = 0; x < source.Length; x++)
            row[x * step] = affine.Of(source[mirrored ? source.Length - 1 - x : x]);
    }
}
