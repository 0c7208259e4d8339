using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Imaging.Augment;

/// <summary>Cuts the middle out. A picture that is smaller gets a black border.</summary>
/// <param name="Size">The side in pixels.</param>
public sealed record CenterCrop([Bounds(1, 4096)] int Size = 224) : Augmentation<NoChoice>
{
    /// <inheritdoc/>
    public override ImageSize Output(ImageSize input) => new(Size, Size, input.Channels);

    /// <inheritdoc/>
    public override NoChoice Choose(ref Rng rng, ImageSize size) => default;

    /// <inheritdoc/>
    public override void Apply(in NoChoice choice, Canvas canvas)
    {
        ImageSize size = canvas.Size;
        CropKernel.Run(canvas, new CropBox(Start(size.Width, Size), Start(size.Height, Size), Size, Size));
    }

    /// <summary>The first column or row; below 0 when a border is needed. Halves go to the even number; borders grow at the end.</summary>
    internal static int Start(int side, int size) => side >= size ? (int)Math.Round((side - size) / 2.0) : -((size - side) / 2);
}
