using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Turns the picture about its center.</summary>
/// <param name="Degrees">The angle is drawn evenly from −Degrees to Degrees; positive turns against the clock.</param>
/// <param name="Chance">How often, 0 to 1.</param>
/// <param name="Border">What comes from outside.</param>
/// <remarks>Bilinear. With a black border as torchvision's <c>rotate</c> on tensors: at the border pixels are mixed with black. With a
/// reflected one as fastai's <c>Rotate</c>: torch's <c>grid_sample</c> with reflection and corners aligned.</remarks>
public sealed record Rotation([Bounds(0, 180)] float Degrees = 10, [Bounds(0, 1)] float Chance = 0.5f, Border Border = Border.Black)
    : Augmentation<RotationChoice>
{
    /// <inheritdoc/>
    public override RotationChoice Choose(ref Rng rng, ImageSize size) =>
        rng.NextSingle() < Chance ? new RotationChoice(rng.NextSingle(-Degrees, Degrees)) : default;

    /// <inheritdoc/>
    public override void Apply(in RotationChoice choice, Canvas canvas)
    {
        if (choice.Degrees != 0)
            RotateKernel.Run(canvas, choice.Degrees, Border);
    }
}

/// <summary>How far a picture is turned.</summary>
/// <param name="Degrees">Against the clock; 0 leaves the picture as it is.</param>
public readonly record struct RotationChoice(float Degrees);
