using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Sheets;

/// <summary>Fits a picture into a square for people to look at. Small ones are enlarged by whole steps, so that their pixels stay
/// sharp.</summary>
public static class Thumbnail
{
    /// <summary>The picture in a size whose longer side fits.</summary>
    /// <param name="image">Any number of channels; of others than 1 or 3 the first three are seen.</param>
    /// <param name="side">The square's side in pixels, 1 or more.</param>
    /// <returns>1 or 3 channels.</returns>
    public static Image Of(Image image, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        return Of(VisibleChannels.Of(image, bands: null), side, new Canvas());
    }

    /// <summary>As the other, with memory that is used again.</summary>
    /// <param name="image">1 or 3 channels.</param>
    /// <param name="side">The square's side in pixels.</param>
    /// <param name="canvas">Working memory.</param>
    internal static Image Of(Image image, int side, Canvas canvas)
    {
        int longer = Math.Max(image.Width, image.Height);
        return longer <= side ? Enlarge(image, side / longer) : Shrink(image, (double)side / longer, canvas);
    }

    private static Image Enlarge(Image image, int factor)
    {
        if (factor == 1) return image;
        Image large = new(image.Width * factor, image.Height * factor, image.Channels);
        for (int y = 0; y < large.Height; y++)
        {
            Span<byte> from = image.Row(y / factor), to = large.Row(y);
            for (int x = 0; x < large.Width; x++)
                from.Slice(x / factor * image.Channels, image.Channels).CopyTo(to[(x * image.Channels)..]);
        }
        return large;
    }

    private static Image Shrink(Image image, double factor, Canvas canvas)
    {
        int width = Math.Max(1, (int)Math.Round(image.Width * factor)), height = Math.Max(1, (int)Math.Round(image.Height * factor));
        canvas.Load(image);
        Resampler.Run(canvas, new CropBox(0, 0, image.Width, image.Height), (width, height), new CropBox(0, 0, width, height),
            Interpolation.Bilinear);
        return ByteKernel.Run(canvas.Pixels());
    }
}
