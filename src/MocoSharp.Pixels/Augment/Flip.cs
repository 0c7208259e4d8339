namespace MocoSharp.Imaging.Augment;

/// <summary>Swaps left and right.</summary>
/// <param name="Chance">How often, 0 to 1.</param>
public sealed record Flip([Bounds(0, 1)] float Chance = 0.5f) : Augmentation<bool>
{
    /// <inheritdoc/>
    public override bool Choose(ref Rng rng, ImageSize size) => rng.NextSingle() < Chance;

    /// <inheritdoc/>
    public override void Apply(in bool choice, Canvas canvas)
    {
        if (choice)
            canvas.Mirror();
    }
}
