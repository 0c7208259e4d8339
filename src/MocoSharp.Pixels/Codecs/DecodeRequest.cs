namespace MocoSharp.Imaging.Codecs;

/// <summary>What a caller needs of a decoded picture.</summary>
/// <param name="Color">RGB or gray.</param>
/// <param name="ShorterSide">The decoder may shrink a JPEG (by eighths) as long as its shorter side stays at least this; 0 keeps full
/// size.</param>
/// <param name="MaximumPixels">A picture that would decode to more pixels is refused; 0, as in a default value, means the default.</param>
/// <param name="Background">What transparent pixels lie on; null drops their alpha, so that the color stored below is seen.</param>
/// <param name="Range">Which samples of pictures of more than 8 bits become black and white; null for all that their type has.</param>
/// <param name="Bands">Which of a file's bands are the picture's channels; null for color or brightness, as <paramref name="Color"/> says.
/// A background then has no meaning.</param>
public readonly record struct DecodeRequest(Color Color = Color.Rgb, int ShorterSide = 0,
    long MaximumPixels = DecodeRequest.DefaultMaximumPixels, Rgb? Background = null, SampleRange? Range = null,
    BandSelection? Bands = null)
{
    /// <summary>Channels of a picture read so.</summary>
    public int Channels => Bands?.Used.Count ?? (Color == Color.Gray ? 1 : 3);

    /// <summary>Checks that no bands are asked for, where there are none but colors.</summary>
    /// <exception cref="BadImageException">MS3008.</exception>
    internal void RequireColors(string name)
    {
        if (Bands is not null)
            throw new BadImageException(ErrorIds.OtherBands,
                $"it holds colors, and bands are named: {string.Join(", ", Bands.Names)}", name, "leave data.channels out");
    }

    /// <summary>100 million pixels: 300 MB as RGB.</summary>
    public const long DefaultMaximumPixels = 100_000_000;
}

/// <summary>A color.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct Rgb(byte Red, byte Green, byte Blue);

/// <summary>The samples that become black and white; those between are spread evenly, those outside are cut off.</summary>
/// <param name="Low">Becomes 0.</param>
/// <param name="High">Becomes 255; above <paramref name="Low"/>.</param>
public readonly record struct SampleRange(double Low, double High)
{
    /// <summary>Each picture's own smallest and greatest sample.</summary>
    public static SampleRange OfPicture => default;

    internal bool IsOfPicture => this == OfPicture;
}

/// <summary>The channels that a decoded picture has.</summary>
public enum Color
{
    /// <summary>Three channels; gray pictures are repeated.</summary>
    Rgb,

    /// <summary>One channel; ITU-R 601-2 luma: 0.299 R + 0.587 G + 0.114 B.</summary>
    Gray,
}
