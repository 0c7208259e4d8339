using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Puts a black border round the picture and cuts a square out at a random place, without resampling.</summary>
/// <param name="Size">The square's side in pixels.</param>
/// <param name="Padding">The border's width in pixels.</param>
/// <remarks>A picture that is still smaller than the square is centred in it along that side.</remarks>
public sealed record RandomCrop(int Size = 32, int Padding = 4) : Augmentation<CropBox>
{
    /// <inheritdoc/>
    public override void Check()
    {
        Require.Positive(Name, "size", Size);
        Require.Between(Name, "padding", Padding, 0, 65_536);
    }

    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    public override CropBox Choose(ref Rng rng, ImageSize size) =>
        new(Top: Start(ref rng, size.Height), Left: Start(ref rng, size.Width), Width: Size, Height: Size);

    /// <inheritdoc/>
    public override void Apply(in CropBox choice, Canvas canvas) => CropKernel.Run(canvas, choice);

    private int Start(ref Rng rng, int side)
    {
        int room = side + 2 * Padding - Size;
        return room >= 0 ? rng.NextInt32(room + 1) - Padding : CentreCrop.Start(side, Size);
    }
}
