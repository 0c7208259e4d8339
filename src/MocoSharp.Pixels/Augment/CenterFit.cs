using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>What a picture is evaluated on: shrunk, then its middle cut out. A square picture of the right size stays as it is.</summary>
/// <param name="Size">The square's side in pixels.</param>
/// <param name="Share">How much of the shorter side is kept where a picture is larger than the square; 0.875 is 224 of 256.</param>
/// <param name="Interpolation">How it is resampled.</param>
/// <remarks>Gives what a resize to Size / Share and a center crop give, and computes only the pixels that are kept.</remarks>
public sealed record CenterFit([Bounds(1, 4096)] int Size = 224, [Bounds(0.01, 1)] float Share = 0.875f,
    Interpolation Interpolation = Interpolation.Bilinear)
    : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        ImageSize size = canvas.Size;
        int shorter = size.ShorterSide > Size ? (int)MathF.Round(Size / Share) : Size;
        ImageSize to = Resize.Fit(size, shorter);
        if (size == to && size == Output(size))
            return;
        CropBox middle = new(CenterCrop.Start(to.Width, Size), CenterCrop.Start(to.Height, Size), Size, Size);
        Resampler.Run(canvas, new CropBox(0, 0, size.Width, size.Height), (to.Width, to.Height), middle, Interpolation);
    }
}
