namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Cuts a box out. Where it reaches over the border, the result is black or the picture mirrored.</summary>
internal static class CropKernel
{
    public static void Run(Canvas canvas, CropBox box, Border border = Border.Black)
    {
        Planes source = canvas.Pixels();
        Planes target = canvas.Spare(new(box.Width, box.Height, source.Channels));
        int left = Math.Max(box.Left, 0), width = Math.Min(box.Left + box.Width, source.Width) - left;
        for (int channel = 0; channel < source.Channels; channel++)
            for (int y = 0; y < box.Height; y++)
            {
                Span<float> row = target.Row(channel, y);
                int from = box.Top + y;
                if (border == Border.Reflected)
                    from = Reflected(from, source.Height);
                bool inside = from >= 0 && from < source.Height && (width > 0 || border == Border.Reflected);
                if (!inside || width < box.Width)
                    row.Clear();
                if (!inside)
                    continue;
                ReadOnlySpan<float> seen = source.Row(channel, from);
                if (width <= 0)         // the box lies in the border
                {
                    for (int x = 0; x < box.Width; x++)
                        row[x] = seen[Reflected(box.Left + x, source.Width)];
                    continue;
                }
                seen.Slice(left, width).CopyTo(row[(left - box.Left)..]);
                if (border != Border.Reflected)
                    continue;
                for (int x = 0; x < left - box.Left; x++)
                    row[x] = seen[Reflected(box.Left + x, source.Width)];
                for (int x = left - box.Left + width; x < box.Width; x++)
                    row[x] = seen[Reflected(box.Left + x, source.Width)];
            }
        canvas.Replace();
    }

    /// <summary>A place up to one side beyond the border, mirrored at the outermost pixel.</summary>
    private static int Reflected(int place, int side) => place < 0 ? -place : place >= side ? 2 * (side - 1) - place : place;
}
