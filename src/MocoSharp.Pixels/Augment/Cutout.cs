namespace MocoSharp.Imaging.Augment;

/// <summary>Covers a square at a random place with one value.</summary>
/// <param name="Size">The square's side in pixels. Its center is anywhere in the picture, so it may reach over the border.</param>
/// <param name="Fill">The value, 0 black to 1 white.</param>
/// <param name="Chance">How often, 0 to 1.</param>
/// <remarks>DeVries and Taylor 2017, arXiv:1708.04552; there the value is the data set's mean.</remarks>
public sealed record Cutout([Bounds(1, 4096)] int Size = 8, [Bounds(0, 1)] float Fill = 0.5f, [Bounds(0, 1)] float Chance = 0.5f)
    : Augmentation<CropBox>
{
    /// <inheritdoc/>
    public override CropBox Choose(ref Rng rng, ImageSize size)
    {
        if (rng.NextSingle() >= Chance)
            return default;
        int left = rng.NextInt32(size.Width) - Size / 2, top = rng.NextInt32(size.Height) - Size / 2;
        int right = Math.Min(left + Size, size.Width), bottom = Math.Min(top + Size, size.Height);
        (left, top) = (Math.Max(left, 0), Math.Max(top, 0));
        return new CropBox(left, top, right - left, bottom - top);
    }

    /// <inheritdoc/>
    public override void Apply(in CropBox choice, Canvas canvas)
    {
        if (choice.Width == 0)
            return;
        Planes pixels = canvas.Pixels();
        for (int channel = 0; channel < pixels.Channels; channel++)
            for (int y = choice.Top; y < choice.Top + choice.Height; y++)
                pixels.Row(channel, y).Slice(choice.Left, choice.Width).Fill(Fill);
    }
}
