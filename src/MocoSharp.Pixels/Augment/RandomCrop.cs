using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Puts a border round the picture and cuts a square out at a random place, without resampling.</summary>
/// <param name="Size">The square's side in pixels; no picture may be smaller, its border included.</param>
/// <param name="Padding">The border's width in pixels; a reflected one is narrower than the picture.</param>
/// <param name="Border">What the border shows.</param>
/// <param name="Chance">How often the place is random, 0 to 1; otherwise it is the middle.</param>
public sealed record RandomCrop(
    [Bounds(1, 4096)] int Size = 32, [Bounds(0, 4096)] int Padding = 4, Border Border = Border.Black, [Bounds(0, 1)] float Chance = 1)
    : Augmentation<CropBox>
{
    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    /// <exception cref="ImagingException">MS3107: the picture is too small for the square or for a reflected border.</exception>
    public override CropBox Choose(ref Rng rng, ImageSize size)
    {
        int room = Math.Min(size.Width, size.Height) + 2 * Padding - Size;
        if (room < 0)
            throw new ImagingException(ErrorIds.TooSmallToCrop,
                $"the picture is {size.Width}×{size.Height}, and {Name} cuts a square of {Size} out of it with a border of {Padding}",
                fix: $"set size to {Size + room} or less, put a resize before it, or take randomResizedCrop");
        if (Border == Border.Reflected && Padding >= Math.Min(size.Width, size.Height))
            throw new ImagingException(ErrorIds.TooSmallToCrop,
                $"the picture is {size.Width}×{size.Height}, and {Name} reflects a border of {Padding}, which must be narrower",
                fix: "set padding below the smaller side, or border to black");
        if (Chance < 1 && rng.NextSingle() >= Chance)
            return new(Left: CenterCrop.Start(size.Width, Size), Top: CenterCrop.Start(size.Height, Size), Size, Size);
        return new(Top: Start(ref rng, size.Height), Left: Start(ref rng, size.Width), Width: Size, Height: Size);
    }

    /// <inheritdoc/>
    public override void Apply(in CropBox choice, Canvas canvas) => CropKernel.Run(canvas, choice, Border);

    private int Start(ref Rng rng, int side) => rng.NextInt32(side + 2 * Padding - Size + 1) - Padding;
}

/// <summary>What is seen beyond a picture.</summary>
public enum Border
{
    /// <summary>Black.</summary>
    Black,

    /// <summary>The picture mirrored at its outermost pixels, which are not repeated.</summary>
    Reflected,
}
