using MocoSharp.Imaging;
using SkiaSharp;

namespace MocoSharp;

/// <summary>Words in a picture, in black, with a font of the system. Without one, none are written: pictures then show their colors
/// alone.</summary>
internal static class Lettering
{
    private const float Size = 13;

    /// <summary>Pixels from a line's top to its bottom.</summary>
    internal const int Height = 16;

    /// <summary>Pixels from left to right.</summary>
    internal static int Width(string text)
    {
        using SKFont font = new(SKTypeface.Default, Size);
        return (int)MathF.Ceiling(font.MeasureText(text));
    }

    /// <summary>As much of a text's beginning as is not wider.</summary>
    internal static string Shortened(string text, int width)
    {
        if (Width(text) <= width) return text;
        int length = text.Length;
        while (length > 1 && Width(text[..length] + "…") > width) length--;
        return text[..length] + "…";
    }

    /// <summary>Writes from left to right below and beside a corner; what lies outside the picture is left out.</summary>
    internal static void Write(Image image, string text, int left, int top) =>
        Draw(text, (column, row, ink) => Darken(image, left + column, top + row, ink));

    /// <summary>Writes from bottom to top, as beside an upright axis.</summary>
    internal static void WriteUp(Image image, string text, int left, int bottom) =>
        Draw(text, (column, row, ink) => Darken(image, left + row, bottom - column, ink));

    private static void Draw(string text, Action<int, int, byte> dot)
    {
        int width = Width(text);
        if (width == 0) return;
        using SKFont font = new(SKTypeface.Default, Size);
        using SKBitmap bitmap = new(width, Height, SKColorType.Gray8, SKAlphaType.Opaque);
        using SKCanvas canvas = new(bitmap);
        using SKPaint ink = new() { Color = SKColors.White, IsAntialias = true };
        canvas.Clear(SKColors.Black);
        canvas.DrawText(text, 0, Size, SKTextAlign.Left, font, ink);
        canvas.Flush();
        ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
        for (int row = 0; row < Height; row++)
            for (int column = 0; column < width; column++)
                if (pixels[row * bitmap.RowBytes + column] is > 0 and byte dark) dot(column, row, dark);
    }

    private static void Darken(Image image, int x, int y, byte ink)
    {
        if ((uint)x >= (uint)image.Width || (uint)y >= (uint)image.Height) return;
        foreach (ref byte sample in image.Samples.AsSpan((y * image.Width + x) * image.Channels, image.Channels))
            sample = (byte)(sample * (byte.MaxValue - ink) / byte.MaxValue);
    }
}
