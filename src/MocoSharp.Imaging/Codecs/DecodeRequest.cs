namespace MocoSharp.Imaging.Codecs;

/// <summary>What a caller needs of a decoded picture.</summary>
/// <param name="Color">RGB or gray.</param>
/// <param name="ShorterSide">The decoder may shrink a JPEG (by eighths) as long as its shorter side stays at least this; 0 keeps full
/// size.</param>
/// <param name="MaximumPixels">A picture that would decode to more pixels is refused; 0, as in a default value, means the default.</param>
public readonly record struct DecodeRequest(Color Color = Color.Rgb, int ShorterSide = 0,
    long MaximumPixels = DecodeRequest.DefaultMaximumPixels)
{
    /// <summary>100 million pixels: 300 MB as RGB.</summary>
    public const long DefaultMaximumPixels = 100_000_000;
}

/// <summary>The channels that a decoded picture has.</summary>
public enum Color
{
    /// <summary>Three channels; gray pictures are repeated.</summary>
    Rgb,

    /// <summary>One channel; ITU-R 601-2 luma: 0.299 R + 0.587 G + 0.114 B.</summary>
    Gray,
}
