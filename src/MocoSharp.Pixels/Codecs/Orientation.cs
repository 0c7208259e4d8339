namespace MocoSharp.Imaging.Codecs;

/// <summary>Turns stored pixels upright by EXIF's orientation number.</summary>
internal static class Orientation
{
    /// <summary>Whether columns and rows change places: orientations 5 to 8.</summary>
    internal static bool SwapsSides(int orientation) => orientation >= 5;

    /// <summary>Copies stored pixels into an upright picture.</summary>
    /// <param name="stored">[height, width, channels] as stored.</param>
    /// <param name="width">Columns as stored.</param>
    /// <param name="height">Rows as stored.</param>
    /// <param name="orientation">1 … 8.</param>
    /// <param name="upright">The samples to fill, [height, width, channels] of the upright picture; its sides are swapped for orientations
    /// 5 to 8.</param>
    /// <param name="channels">Samples a pixel.</param>
    internal static void Apply<T>(ReadOnlySpan<T> stored, int width, int height, int orientation, Span<T> upright, int channels)
    {
        (int columns, int rows) = SwapsSides(orientation) ? (height, width) : (width, height);
        // One step right and one step down in the upright picture are (x, y) steps in the stored one.
        (int rightX, int rightY, int downX, int downY) = orientation switch
        {
            2 => (-1, 0, 0, 1),      // mirrored
            3 => (-1, 0, 0, -1),     // half a turn
            4 => (1, 0, 0, -1),      // upside down, mirrored
            5 => (0, 1, 1, 0),       // transposed
            6 => (0, -1, 1, 0),      // stored a quarter turn to the left
            7 => (0, -1, -1, 0),     // transposed over the other diagonal
            8 => (0, 1, -1, 0),      // stored a quarter turn to the right
            _ => (1, 0, 0, 1),
        };
        int startX = rightX + downX < 0 ? width - 1 : 0, startY = rightY + downY < 0 ? height - 1 : 0;
        int right = (rightY * width + rightX) * channels, down = (downY * width + downX) * channels;
        int rowStart = (startY * width + startX) * channels, to = 0;
        for (int y = 0; y < rows; y++, rowStart += down)
            for (int x = 0, from = rowStart; x < columns; x++, from += right)
                for (int channel = 0; channel < channels; channel++)
                    upright[to++] = stored[from + channel];
    }
}
