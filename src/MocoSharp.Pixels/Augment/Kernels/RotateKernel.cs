namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>Turns a picture about its center, bilinear; outside it is black or the picture mirrored.</summary>
internal static class RotateKernel
{
    public static void Run(Canvas canvas, float degrees, Border border = Border.Black)
    {
        Planes source = canvas.Pixels();
        Planes target = canvas.Spare(source.Size);
        (double sin, double cos) = Math.SinCos(degrees * (Math.PI / 180));
        double middleX = (source.Width - 1) / 2.0, middleY = (source.Height - 1) / 2.0;
        ReadOnlySpan<float> from = source.All;
        Span<float> to = target.All;
        for (int y = 0; y < source.Height; y++)
            for (int x = 0; x < source.Width; x++)
            {
                // where the new pixel comes from; y points down, so this turns against the clock
                float fromX = (float)(cos * (x - middleX) - sin * (y - middleY) + middleX);
                float fromY = (float)(sin * (x - middleX) + cos * (y - middleY) + middleY);
                if (border == Border.Reflected)
                    (fromX, fromY) = (Reflected(fromX, source.Width - 1), Reflected(fromY, source.Height - 1));
                if (fromX >= 0 && fromX < source.Width - 1 && fromY >= 0 && fromY < source.Height - 1)
                    Inside(from, to, source, y * source.RowStride + x, fromX, fromY);
                else
                    Sample(source, target, x, y, fromX, fromY);
            }
        canvas.Replace();
    }

    /// <summary>A place mirrored at the middles of the outermost pixels until it is between them.</summary>
    private static float Reflected(float place, int last)
    {
        if (last == 0)
            return 0;
        place = MathF.Abs(place) % (2 * last);
        return place > last ? 2 * last - place : place;
    }

    /// <summary>A pixel whose four neighbors are all in the picture.</summary>
    private static void Inside(ReadOnlySpan<float> source, Span<float> target, Planes shape, int at, float fromX, float fromY)
    {
        (int left, int top) = ((int)fromX, (int)fromY);
        (float right, float down) = (fromX - left, fromY - top);
        int plane = shape.Height * shape.RowStride, upper = top * shape.RowStride + left, lower = upper + shape.RowStride;
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            target[at] = (1 - down) * ((1 - right) * source[upper] + right * source[upper + 1])
                + down * ((1 - right) * source[lower] + right * source[lower + 1]);
            (at, upper, lower) = (at + plane, upper + plane, lower + plane);
        }
    }

    /// <summary>A pixel at the border or beyond: neighbors outside count as black.</summary>
    private static void Sample(Planes source, Planes target, int x, int y, float fromX, float fromY)
    {
        float floorX = MathF.Floor(fromX), floorY = MathF.Floor(fromY);
        int left = (int)floorX, top = (int)floorY;
        float right = fromX - floorX, down = fromY - floorY;
        bool hasLeft = (uint)left < (uint)source.Width, hasRight = (uint)(left + 1) < (uint)source.Width;
        for (int channel = 0; channel < source.Channels; channel++)
        {
            float sum = 0;
            if ((uint)top < (uint)source.Height)
                sum += (1 - down) * Mix(source.Row(channel, top), left, right, hasLeft, hasRight);
            if ((uint)(top + 1) < (uint)source.Height)
                sum += down * Mix(source.Row(channel, top + 1), left, right, hasLeft, hasRight);
            target.Row(channel, y)[x] = sum;
        }
    }

    private static float Mix(ReadOnlySpan<float> row, int left, float right, bool hasLeft, bool hasRight) =>
        (hasLeft ? (1 - right) * row[left] : 0) + (hasRight ? right * row[left + 1] : 0);
}
