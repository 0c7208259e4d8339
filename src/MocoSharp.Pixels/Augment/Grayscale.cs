using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Takes the color out: all three channels become the luma 0.299 R + 0.587 G + 0.114 B. Gray pictures, and those
/// of other bands, stay as they are.</summary>
/// <param name="Chance">How often, 0 to 1.</param>
public sealed record Grayscale([Bounds(0, 1)] float Chance = 0.2f) : Augmentation<bool>
{
    /// <inheritdoc/>
    public override bool Choose(ref Rng rng, ImageSize size) => rng.NextSingle() < Chance;

    /// <inheritdoc/>
    public override void Apply(in bool choice, Canvas canvas)
    {
        if (choice && canvas.Size.Channels == 3)
            ColorKernels.Saturate(canvas.PixelsAsTheyLie(), 0);
    }
}
