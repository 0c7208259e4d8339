using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Turns the picture into its edges: two channels, the luma's slope to the right and downwards, −1 to 1.</summary>
/// <remarks>
/// Sobel's 3 × 3 kernels divided by 4, so that a step from black to white gives 1; the border is mirrored without repeating the edge.
/// As input of an encoder: Caron et al. 2018, arXiv:1807.05520. The values are not colors: put it last, with
/// <see cref="ChannelStats.AsIs"/>.
/// </remarks>
public sealed record Sobel : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override bool IsRepresentation => true;

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input with { Channels = 2 };

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    /// <exception cref="ImagingException">MS3102: neither 1 nor 3 channels.</exception>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        Require.Rgb(this, canvas.Size.Channels);
        SobelKernel.Run(canvas);
    }
}
