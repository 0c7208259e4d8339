using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>A class that pixels are of.</summary>
/// <param name="Name">Its name, or the mask's value for it.</param>
/// <param name="Color">For people to look at.</param>
internal sealed record PixelClass(string Name, Rgb Color);

/// <summary>The class of each pixel of a picture.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Classes">[Height, Width], the class of each pixel, or <see cref="None"/>.</param>
internal sealed record PixelLabels(int Width, int Height, byte[] Classes)
{
    /// <summary>A pixel that does not count.</summary>
    internal const byte None = 255;

    /// <summary>The most classes that there can be.</summary>
    internal const int MostClasses = 255;

    /// <summary>The labels in another size: each place has the class at its middle.</summary>
    internal PixelLabels Resized(int width, int height)
    {
        if (width == Width && height == Height) return this;
        byte[] classes = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = Classes.AsSpan(Nearest(y, Height, height) * Width, Width);
            for (int x = 0; x < width; x++) classes[y * width + x] = row[Nearest(x, Width, width)];
        }
        return new PixelLabels(width, height, classes);
    }

    private static int Nearest(int place, int from, int to) => (int)((2L * place + 1) * from / (2L * to));
}

/// <summary>Pictures, and the class of each of their pixels where that is known.</summary>
/// <param name="Pictures">The pictures.</param>
/// <param name="Truth">A picture's number and the picture to its labels; throws a <see cref="BadImageException"/> where they cannot be
/// had. Null where nothing is known.</param>
internal sealed record LabeledPixels(IImageSource Pictures, Func<int, Image, PixelLabels>? Truth);
