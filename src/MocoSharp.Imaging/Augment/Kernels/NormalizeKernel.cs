using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Planes become interleaved, normalised and, where a flip was noted, mirrored floats: one pass, straight into the batch.</summary>
internal static class NormalizeKernel
{
    /// <summary>Writes the view.</summary>
    /// <param name="canvas">The picture.</param>
    /// <param name="stats">What it is normalised by.</param>
    /// <param name="view">Gets [Height, Width, Channels].</param>
    /// <exception cref="ArgumentException">The span's length is not the picture's.</exception>
    public static void Run(Canvas canvas, ChannelStats stats, Span<float> view)
    {
        Planes pixels = canvas.PixelsAsTheyLie();
        if (view.Length != pixels.Size.Samples)
            throw new ArgumentException($"the view is {pixels.Size}, which is {pixels.Size.Samples} floats, and there is room for {view.Length}", nameof(view));
        if (!stats.Fits(pixels.Channels))
            throw new ArgumentException($"the statistics '{stats.Name}' are for {stats.Mean.Count} channels, and the view has {pixels.Channels}", nameof(stats));
        int rowLength = pixels.Width * pixels.Channels;
        for (int y = 0; y < pixels.Height; y++)
        {
            Span<float> row = view.Slice(y * rowLength, rowLength);
            if (pixels.Channels == 3)
                Rgb(pixels, y, stats, canvas.Mirrored, row);
            else
                for (int channel = 0; channel < pixels.Channels; channel++)
                    One(pixels.Row(channel, y), stats.Affine(channel), canvas.Mirrored, row[channel..], pixels.Channels);
        }
    }

    private static void Rgb(Planes pixels, int y, ChannelStats stats, bool mirrored, Span<float> row)
    {
        (float redScale, float redShift) = stats.Affine(0);
        (float greenScale, float greenShift) = stats.Affine(1);
        (float blueScale, float blueShift) = stats.Affine(2);
        ReadOnlySpan<float> red = pixels.Row(0, y), green = pixels.Row(1, y), blue = pixels.Row(2, y);
        ref float to = ref MemoryMarshal.GetReference(row);
        int width = red.Length, x = 0;
        for (; x <= width - 4; x += 4)
        {
            int from = mirrored ? width - 4 - x : x;
            Vector128<float> r = Vector128.Create(red.Slice(from, 4)), g = Vector128.Create(green.Slice(from, 4)), b = Vector128.Create(blue.Slice(from, 4));
            if (mirrored)
                (r, g, b) = (Lanes.Reverse(r), Lanes.Reverse(g), Lanes.Reverse(b));
            (r, g, b) = Lanes.Interleave(
                Vector128.FusedMultiplyAdd(r, Vector128.Create(redScale), Vector128.Create(redShift)),
                Vector128.FusedMultiplyAdd(g, Vector128.Create(greenScale), Vector128.Create(greenShift)),
                Vector128.FusedMultiplyAdd(b, Vector128.Create(blueScale), Vector128.Create(blueShift)));
            r.StoreUnsafe(ref to, (nuint)(x * 3));
            g.StoreUnsafe(ref to, (nuint)(x * 3 + 4));
            b.StoreUnsafe(ref to, (nuint)(x * 3 + 8));
        }
        for (; x < width; x++)
        {
            int from = mirrored ? width - 1 - x : x;
            row[x * 3] = MathF.FusedMultiplyAdd(red[from], redScale, redShift);
            row[x * 3 + 1] = MathF.FusedMultiplyAdd(green[from], greenScale, greenShift);
            row[x * 3 + 2] = MathF.FusedMultiplyAdd(blue[from], blueScale, blueShift);
        }
    }

    private static void One(ReadOnlySpan<float> source, (float Scale, float Shift) affine, bool mirrored, Span<float> row, int step)
    {
        for (int x = 0; x < source.Length; x++)
            row[x * step] = MathF.FusedMultiplyAdd(source[mirrored ? source.Length - 1 - x : x], affine.Scale, affine.Shift);
    }
}
