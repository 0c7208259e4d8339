using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Takes out of each color what differs between green and magenta: where a lens bends green otherwise than red and blue, no fringe
/// tells how far from the middle a piece of a picture was.</summary>
/// <param name="Chance">How often, 0 to 1.</param>
/// <remarks>Doersch et al. 2015, arXiv:1505.05192, section 3.1: I − aᵀa / aaᵀ with a = [−1, 2, −1]. Grays stay as they are; samples may lie
/// up to 1/6 below 0 or above 1. Pictures of other than three channels stay as they are.</remarks>
public sealed record ColorProjection([Bounds(0, 1)] float Chance = 1) : Augmentation<bool>
{
    /// <inheritdoc/>
    public override bool Choose(ref Rng rng, ImageSize size) => rng.NextSingle() < Chance;

    /// <inheritdoc/>
    public override void Apply(in bool choice, Canvas canvas)
    {
        if (choice && canvas.Size.Channels == 3)
            ColorKernels.ProjectGreen(canvas.PixelsAsTheyLie());
    }
}
