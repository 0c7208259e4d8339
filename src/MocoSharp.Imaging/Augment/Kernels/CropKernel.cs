namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Cuts a box out. Where it reaches over the border, the result is black.</summary>
internal static class CropKernel
{
    public static void Run(Canvas canvas, CropBox box)
    {
        Planes source = canvas.Pixels();
        Planes target = canvas.Spare(new(box.Width, box.Height, source.Channels));
        int left = Math.Max(box.Left, 0), width = Math.Min(box.Left + box.Width, source.Width) - left;
        for (int channel = 0; channel < source.Channels; channel++)
            for (int y = 0; y < box.Height; y++)
            {
                Span<float> row = target.Row(channel, y);
                int from = box.Top + y;
                bool inside = from >= 0 && from < source.Height && width > 0;
                if (!inside || width < box.Width)
                    row.Clear();
                if (inside)
                    source.Row(channel, from).Slice(left, width).CopyTo(row[(left - box.Left)..]);
            }
        canvas.Replace();
    }
}
