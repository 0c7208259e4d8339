namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Resamples a box of the picture: first down the columns, straight from the bytes, then along the rows into planes.</summary>
/// <remarks>
/// Columns first, because that pass runs over whole interleaved rows and leaves the row pass only as many rows as are wanted. RGB has a
/// kernel of its own.
/// </remarks>
internal static class Resampler
{
    /// <summary>Replaces the picture by a part of the resampled box.</summary>
    /// <param name="canvas">The picture.</param>
    /// <param name="box">What is resampled; pixels outside it do not count.</param>
    /// <param name="full">The size that the whole box would get.</param>
    /// <param name="window">The part of that which is wanted.</param>
    /// <param name="interpolation">The kernel.</param>
    public static void Run(Canvas canvas, CropBox box, (int Width, int Height) full, CropBox window, Interpolation interpolation)
    {
        Image? image = canvas.Source;
        double unit = image is null ? 1 : 1 / 255.0;
        canvas.Horizontal.Prepare(box.Width, full.Width, window.Left, window.Width, interpolation, 1);
        canvas.Vertical.Prepare(box.Height, full.Height, window.Top, window.Height, interpolation, unit);
        if (image is not null)
            FromBytes(canvas, image, box, window);
        else
            FromPlanes(canvas, box, window);
        canvas.Replace();
        if (interpolation == Interpolation.Bicubic)
            ColorKernels.Cut(canvas.PixelsAsTheyLie());
    }

    private static void FromBytes(Canvas canvas, Image image, CropBox box, CropBox window)
    {
        int channels = image.Channels, rowLength = box.Width * channels;
        Planes target = canvas.Spare(new(window.Width, window.Height, channels));
        if (channels == 3 && box.Width >= RgbResampler.LeastWidth)
        {
            RgbResampler.Run(canvas, image, box, target);
            return;
        }
        Span<float> row = canvas.Scratch(rowLength);
        for (int y = 0; y < window.Height; y++)
        {
            int first = box.Top + canvas.Vertical.First[y];
            ReadOnlySpan<byte> source = image.Samples.AsSpan((first * image.Width + box.Left) * channels);
            ColumnKernels.Bytes(source, image.Width * channels, canvas.Vertical.Of(y), row);
            for (int channel = 0; channel < channels; channel++)
                RowKernels.One(row[channel..], channels, canvas.Horizontal, target.Row(channel, y));
        }
    }

    private static void FromPlanes(Canvas canvas, CropBox box, CropBox window)
    {
        Planes source = canvas.Pixels();
        Planes target = canvas.Spare(new(window.Width, window.Height, source.Channels));
        Span<float> row = canvas.Scratch(box.Width);
        for (int channel = 0; channel < source.Channels; channel++)
            for (int y = 0; y < window.Height; y++)
            {
                int first = box.Top + canvas.Vertical.First[y];
                ReadOnlySpan<float> plane = source.Plane(channel)[(first * source.RowStride + box.Left)..];
                ColumnKernels.Floats(plane, source.RowStride, canvas.Vertical.Of(y), row);
                RowKernels.One(row, 1, canvas.Horizontal, target.Row(channel, y));
            }
    }
}
