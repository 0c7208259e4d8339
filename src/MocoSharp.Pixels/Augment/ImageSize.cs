namespace MocoSharp.Imaging.Augment;

/// <summary>The shape of one picture. A width and height of 0 mean that they differ from picture to picture.</summary>
/// <param name="Width">Columns, or 0.</param>
/// <param name="Height">Rows, or 0.</param>
/// <param name="Channels">Samples a pixel: 1 gray, 3 RGB.</param>
public readonly record struct ImageSize(int Width, int Height, int Channels)
{
    /// <summary>Whether width and height are known.</summary>
    public bool IsFixed => Width > 0 && Height > 0;

    /// <summary>The shorter of the two sides; 0 when they are not known.</summary>
    public int ShorterSide => Math.Min(Width, Height);

    /// <summary>Floats that one picture takes in a batch.</summary>
    public int Samples => checked(Width * Height * Channels);

    /// <inheritdoc/>
    public override string ToString() => IsFixed ? $"{Width} x {Height} x {Channels}" : $"any size x {Channels}";
}
