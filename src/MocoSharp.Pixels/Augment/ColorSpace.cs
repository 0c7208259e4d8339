using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Says the same colors in other numbers: lightness apart from color, so that the two can be two views of one picture.</summary>
/// <param name="To">Which numbers.</param>
/// <remarks>Samples stay on the scale 0 to 1: Lab becomes L / 100, (a + 128) / 255, (b + 128) / 255; YCbCr becomes its 8-bit values over
/// 255. The statistics <see cref="ChannelStats.Lab"/> and <see cref="ChannelStats.YCbCr"/> are written for that scale. A gray picture
/// becomes one of three channels. Put it last: other operations mean RGB.
/// </remarks>
public sealed record ColorSpace(ColorModel To = ColorModel.Lab) : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override bool IsRepresentation => true;

    /// <summary>One color in CIE Lab.</summary>
    /// <param name="red">sRGB, 0 to 1.</param>
    /// <param name="green">sRGB, 0 to 1.</param>
    /// <param name="blue">sRGB, 0 to 1.</param>
    /// <returns>L 0 to 100, a −87 to 99, b −108 to 95.</returns>
    public static (double L, double A, double B) Lab(double red, double green, double blue) => ColorSpaceKernel.Lab(red, green, blue);

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => input with { Channels = 3 };

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    /// <exception cref="ImagingException">MS3102: neither 1 nor 3 channels.</exception>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        Require.Rgb(this, canvas.Size.Channels);
        ColorSpaceKernel.Run(canvas, To);
    }
}

/// <summary>Ways to give a color as three numbers.</summary>
public enum ColorModel
{
    /// <summary>CIE 1976 L*a*b* of sRGB under D65, 2° observer.</summary>
    Lab,

    /// <summary>ITU-R BT.601 luma and two color differences, 16 to 235 and 16 to 240 of 255.</summary>
    Ycbcr,
}
