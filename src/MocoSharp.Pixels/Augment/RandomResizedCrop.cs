using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Cuts out a box of random area and shape and resamples it to a square.</summary>
/// <param name="Size">The square's side in pixels.</param>
/// <param name="Area">The box's share of the picture's area, above 0 and at most 1; 0.08 to 1 when not given.</param>
/// <param name="Ratio">The box's width by its height, drawn evenly on a log scale; 3/4 to 4/3 when not given.</param>
/// <param name="Interpolation">How the box is resampled.</param>
/// <remarks>Szegedy et al. 2015, arXiv:1409.4842, section 6. Box and kernel as torchvision's: ten tries, then the largest centered box
/// whose ratio is allowed. The box is cut out before it is resampled, so pixels outside it never count.
/// </remarks>
public sealed record RandomResizedCrop(
    [Bounds(1, 4096)] int Size = 224, [Bounds(0, 1, ExceptLeast = true)] Range Area = default, [Bounds(0.01, 100)] Range Ratio = default,
    Interpolation Interpolation = Interpolation.Bilinear)
    : Augmentation<CropBox>
{
    private const int Tries = 10;

    /// <summary>The box's share of the picture's area.</summary>
    public Range Area { get; init; } = Area.Or(0.08f, 1f);

    /// <summary>The box's width by its height.</summary>
    public Range Ratio { get; init; } = Ratio.Or(3f / 4f, 4f / 3f);

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    public override CropBox Choose(ref Rng rng, ImageSize size)
    {
        double pixels = (double)size.Width * size.Height, low = Math.Log(Ratio.Low), high = Math.Log(Ratio.High);
        for (int i = 0; i < Tries; i++)
        {
            double area = pixels * (Area.Low + (Area.High - Area.Low) * rng.NextDouble());
            double ratio = Math.Exp(low + (high - low) * rng.NextDouble());
            double width = Math.Round(Math.Sqrt(area * ratio)), height = Math.Round(Math.Sqrt(area / ratio));
            if (width >= 1 && width <= size.Width && height >= 1 && height <= size.Height)
                return new CropBox(
                    Top: rng.NextInt32(size.Height - (int)height + 1), Left: rng.NextInt32(size.Width - (int)width + 1),
                    Width: (int)width, Height: (int)height);
        }
        return Fallback(size);
    }

    /// <inheritdoc/>
    public override void Apply(in CropBox choice, Canvas canvas) =>
        Resampler.Run(canvas, choice, (Size, Size), new CropBox(0, 0, Size, Size), Interpolation);

    private CropBox Fallback(ImageSize size)
    {
        (int width, int height) = (size.Width, size.Height);
        float ratio = (float)width / height;
        if (ratio < Ratio.Low)
            height = Math.Clamp((int)Math.Round(width / (double)Ratio.Low), 1, size.Height);
        else if (ratio > Ratio.High)
            width = Math.Clamp((int)Math.Round(height * (double)Ratio.High), 1, size.Width);
        return new CropBox((size.Width - width) / 2, (size.Height - height) / 2, width, height);
    }
}
