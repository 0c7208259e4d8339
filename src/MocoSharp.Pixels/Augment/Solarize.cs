using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Turns bright samples into their negative.</summary>
/// <param name="Threshold">Samples from here on are turned, 0 to 1; 0.5 is 128 of 255.</param>
/// <param name="Chance">How often, 0 to 1.</param>
/// <remarks>Grill et al. 2020, arXiv:2006.07733, appendix B.</remarks>
public sealed record Solarize([Bounds(0, 1)] float Threshold = 0.5f, [Bounds(0, 1)] float Chance = 0.2f) : Augmentation<bool>
{
    /// <inheritdoc/>
    public override bool Choose(ref Rng rng, ImageSize size) => rng.NextSingle() < Chance;

    /// <inheritdoc/>
    public override void Apply(in bool choice, Canvas canvas)
    {
        if (choice)
            ColorKernels.Solarize(canvas.PixelsAsTheyLie(), Threshold);
    }
}
