using MocoSharp;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;

namespace OwnAugmentation;

#region augmentation
/// <summary>Leaves a few levels of each channel, as a poster has.</summary>
/// <param name="Levels">How many, 2 to 256.</param>
/// <param name="Chance">How often, 0 to 1.</param>
public sealed record Posterize([Bounds(2, 256)] int Levels = 4, [Bounds(0, 1)] float Chance = 0.5f) : Augmentation<bool>
{
    /// <summary>All the randomness, so that a view can be drawn again.</summary>
    public override bool Choose(ref Rng rng, ImageSize size) => rng.NextSingle() < Chance;

    /// <summary>All the pixels, from 0 to 1, channel by channel and row by row.</summary>
    public override void Apply(in bool choice, Canvas canvas)
    {
        if (!choice)
            return;
        Planes pixels = canvas.PixelsAsTheyLie();
        for (int channel = 0; channel < pixels.Channels; channel++)
            for (int y = 0; y < pixels.Height; y++)
                foreach (ref float value in pixels.Row(channel, y))
                    value = MathF.Round(value * (Levels - 1)) / (Levels - 1);
    }
}
#endregion
