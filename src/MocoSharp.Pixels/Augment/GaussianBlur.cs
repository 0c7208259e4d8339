using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Blurs with a true Gaussian.</summary>
/// <param name="Sigma">The Gaussian's standard deviation in pixels, drawn evenly; 0.1 to 2 when not given.</param>
/// <param name="Chance">How often, 0 to 1.</param>
/// <param name="Kernel">The kernel's width in pixels, odd; 0 lets <paramref name="Reach"/> decide.</param>
/// <param name="Reach">How many sigma the kernel reaches to each side; 3 by default, rounded up. Below 1 it is rounded down: 0.25 is the
/// fastai MoCo's, nearly a box.</param>
/// <remarks>
/// Chen et al. 2020, arXiv:2002.05709, appendix A. Beyond the border the picture is mirrored without repeating the edge, as in
/// torchvision's <c>gaussian_blur</c>. The reference of MoCo blurs with Pillow's <c>GaussianBlur(radius = sigma)</c>, which means the same
/// sigma but does it by three box filters and repeats the edge: on photographs of 224 pixels the two differ by 0.4 to 0.6 of 255 on
/// average, and by up to 28 of 255 at single pixels, most of all along the border.
/// </remarks>
public sealed record GaussianBlur(
    [Bounds(0, 100, ExceptLeast = true)] Range Sigma = default, [Bounds(0, 1)] float Chance = 0.5f,
    [Bounds(0, 2 * BlurKernel.MaximumRadius + 1)] int Kernel = 0,
    [Bounds(0.01, 10)] float Reach = 3) : Augmentation<BlurChoice>
{
    /// <summary>The Gaussian's standard deviation in pixels.</summary>
    public Range Sigma { get; init; } = Sigma.Or(0.1f, 2f);

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Kernel == 0 && Reach * Sigma.High > BlurKernel.MaximumRadius)
            throw new ImagingException(ErrorIds.AugmentationOption,
                $"{Name}'s reach is {Reach}, and {Reach} times a sigma of {Sigma.High} is more than {BlurKernel.MaximumRadius} pixels",
                at: $"{Name}.reach",
                fix: $"set reach to {BlurKernel.MaximumRadius / Sigma.High} or less, or lower sigma");
        if (Kernel != 0 && Kernel % 2 == 0)
            throw new ImagingException(ErrorIds.AugmentationOption, $"{Name}'s kernel is {Kernel}", at: $"{Name}.kernel",
                fix: $"set kernel to an odd number up to {2 * BlurKernel.MaximumRadius + 1}, or to 0 to fit it to sigma");
    }

    /// <inheritdoc/>
    public override BlurChoice Choose(ref Rng rng, ImageSize size) =>
        rng.NextSingle() < Chance ? new BlurChoice(Sigma.Draw(ref rng)) : default;

    /// <inheritdoc/>
    public override void Apply(in BlurChoice choice, Canvas canvas)
    {
        if (choice.Sigma > 0)
            BlurKernel.Run(canvas, choice.Sigma, Kernel > 0 ? Kernel / 2 : Reach < 1 ? (int)MathF.Floor(Reach * choice.Sigma)
                : (int)MathF.Ceiling(Reach * choice.Sigma));
    }
}

/// <summary>How strongly a picture is blurred.</summary>
/// <param name="Sigma">Standard deviation in pixels; 0 leaves the picture as it is.</param>
public readonly record struct BlurChoice(float Sigma);
