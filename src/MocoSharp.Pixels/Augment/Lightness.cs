using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Leaves of a picture how light it is: one channel, L of CIE Lab over 100, 0 to 1.</summary>
/// <remarks>The first channel of <see cref="ColorSpace"/>. For encoders that learn to tell the color. Put it last; normalize by one value,
/// such as <see cref="ChannelStats.Half"/>, which is (L − 50) / 50.</remarks>
public sealed record Lightness : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override bool IsRepresentation => true;

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input with { Channels = 1 };

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    /// <exception cref="ImagingException">MS3102: neither 1 nor 3 channels.</exception>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        Require.Rgb(this, canvas.Size.Channels);
        ColorSpaceKernel.Lightness(canvas);
    }
}
