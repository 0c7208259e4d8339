using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Changes brightness, contrast, saturation and hue in a random order.</summary>
/// <param name="Brightness">b: samples are multiplied by U(max(0, 1 − b), 1 + b).</param>
/// <param name="Contrast">c: the distance from the picture's mean luma is multiplied by U(max(0, 1 − c), 1 + c).</param>
/// <param name="Saturation">s: the distance from the pixel's own luma is multiplied by U(max(0, 1 − s), 1 + s).</param>
/// <param name="Hue">h: the hue is turned by U(−h, h) of a full turn; at most 0.5.</param>
/// <param name="Chance">How often any of it happens, 0 to 1.</param>
/// <remarks>
/// As torchvision's <c>ColorJitter</c> under <c>RandomApply</c>: after each part samples are cut to [0, 1], and a part whose strength
/// is 0 is left out. Saturation and hue change red, green and blue alone: they leave gray pictures, and those of other bands, as they are;
/// contrast takes the mean of all samples there.
/// </remarks>
public sealed record ColorJitter(
    [Bounds(0, 100)] float Brightness = 0.4f, [Bounds(0, 100)] float Contrast = 0.4f, [Bounds(0, 100)] float Saturation = 0.4f,
    [Bounds(0, 0.5)] float Hue = 0.1f, [Bounds(0, 1)] float Chance = 0.8f)
    : Augmentation<JitterChoice>
{
    /// <inheritdoc/>
    public override JitterChoice Choose(ref Rng rng, ImageSize size)
    {
        if (rng.NextSingle() >= Chance)
            return default;
        JitterOrder order = new(rng.NextInt32(JitterOrder.Count));
        return new JitterChoice(true, order,
            Factor(ref rng, Brightness), Factor(ref rng, Contrast), Factor(ref rng, Saturation), rng.NextSingle(-Hue, Hue));
    }

    /// <inheritdoc/>
    public override void Apply(in JitterChoice choice, Canvas canvas)
    {
        if (!choice.Applied)
            return;
        Planes pixels = canvas.PixelsAsTheyLie();
        for (int i = 0; i < JitterOrder.Parts; i++)
            Apply(choice.Order[i], choice, pixels);
    }

    private void Apply(JitterPart part, in JitterChoice choice, Planes pixels)
    {
        bool color = pixels.Channels == 3;
        switch (part)
        {
            case JitterPart.Brightness when Brightness > 0:
                ColorKernels.Brighten(pixels, choice.Brightness);
                break;
            case JitterPart.Contrast when Contrast > 0:
                ColorKernels.Contrast(pixels, choice.Contrast);
                break;
            case JitterPart.Saturation when Saturation > 0 && color:
                ColorKernels.Saturate(pixels, choice.Saturation);
                break;
            case JitterPart.Hue when Hue > 0 && color:
                HueKernel.Run(pixels, choice.Hue);
                break;
        }
    }

    private static float Factor(ref Rng rng, float strength) => rng.NextSingle(Math.Max(0, 1 - strength), 1 + strength);
}
