using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Adds Gaussian noise, another value to each sample, and cuts to [0, 1].</summary>
/// <param name="Sigma">The noise's standard deviation where 1 is white; 0.05 is 13 of 255.</param>
/// <param name="Chance">How often, 0 to 1.</param>
public sealed record Noise([Bounds(0, 10)] float Sigma = 0.05f, [Bounds(0, 1)] float Chance = 0.5f) : Augmentation<NoiseChoice>
{
    /// <inheritdoc/>
    public override NoiseChoice Choose(ref Rng rng, ImageSize size) =>
        rng.NextSingle() < Chance ? new NoiseChoice(true, rng.NextUInt64()) : default;

    /// <inheritdoc/>
    public override void Apply(in NoiseChoice choice, Canvas canvas)
    {
        if (choice.Applied)
            NoiseKernel.Run(canvas.Pixels(), Sigma, choice.Seed);
    }
}

/// <summary>Which noise is added.</summary>
/// <param name="Applied">Whether any is.</param>
/// <param name="Seed">Names all of its values.</param>
public readonly record struct NoiseChoice(bool Applied, ulong Seed);
