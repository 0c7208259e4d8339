using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Resamples the whole picture so that its shorter side gets the given length; the shape stays.</summary>
/// <param name="Size">The shorter side in pixels.</param>
/// <param name="Interpolation">How it is resampled.</param>
/// <remarks>The longer side is cut to whole pixels, as torchvision does it.</remarks>
public sealed record Resize([Bounds(1, 4096)] int Size = 256, Interpolation Interpolation = Interpolation.Bilinear) : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input.IsFixed ? Fit(input, Size) : input;

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        (ImageSize from, ImageSize to) = (canvas.Size, Output(canvas.Size));
        if (from != to)
            Resampler.Run(canvas, new(0, 0, from.Width, from.Height), (to.Width, to.Height), new(0, 0, to.Width, to.Height), Interpolation);
    }

    /// <summary>The shape whose shorter side is as given.</summary>
    internal static ImageSize Fit(ImageSize size, int shorter)
    {
        int longer = (int)((long)shorter * Math.Max(size.Width, size.Height) / size.ShorterSide);
        return size.Width <= size.Height ? size with { Width = shorter, Height = longer } : size with { Width = longer, Height = shorter };
    }
}
