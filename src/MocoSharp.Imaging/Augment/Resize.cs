using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Resamples the whole picture so that its shorter side gets the given length; the shape stays.</summary>
/// <param name="Size">The shorter side in pixels.</param>
/// <param name="Interpolation">How it is resampled.</param>
/// <remarks>The longer side is cut to whole pixels, as torchvision does it.</remarks>
public sealed record Resize(int Size = 256, Interpolation Interpolation = Interpolation.Bilinear) : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override void Check() => Require.Positive(Name, "size", Size);

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input)
    {
        if (!input.IsFixed)
            return input;
        int longer = (int)((long)Size * Math.Max(input.Width, input.Height) / input.ShorterSide);
        return input.Width <= input.Height ? input with { Width = Size, Height = longer } : input with { Width = longer, Height = Size };
    }

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        (ImageSize from, ImageSize to) = (canvas.Size, Output(canvas.Size));
        if (from != to)
            Resampler.Run(canvas, new CropBox(0, 0, from.Width, from.Height), (to.Width, to.Height), new CropBox(0, 0, to.Width, to.Height), Interpolation);
    }
}
