using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Resamples the whole picture to a square, whatever its shape: nothing is cut off, and things become narrower or
/// flatter.</summary>
/// <param name="Size">The square's side in pixels. A picture of this size stays as it is.</param>
/// <param name="Interpolation">How it is resampled.</param>
public sealed record Squash([Bounds(1, 4096)] int Size = 224, Interpolation Interpolation = Interpolation.Bilinear) : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        ImageSize from = canvas.Size;
        if (from.Width != Size || from.Height != Size)
            Resampler.Run(canvas, new CropBox(0, 0, from.Width, from.Height), (Size, Size), new CropBox(0, 0, Size, Size), Interpolation);
    }
}
