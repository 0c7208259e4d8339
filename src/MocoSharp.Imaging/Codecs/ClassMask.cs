namespace MocoSharp.Imaging.Codecs;

/// <summary>A PNG that says which class each pixel of a picture is of, by numbers or colors as they are stored: nothing is scaled, and
/// alpha is dropped.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Kind">What the values are.</param>
/// <param name="Values">[Height, Width]: entries of a palette (0 to 255), gray values (0 to 65,535) or colors
/// (65,536 red + 256 green + blue).</param>
/// <param name="Palette">The palette's colors; empty for other kinds.</param>
public sealed record ClassMask(int Width, int Height, MaskKind Kind, int[] Values, IReadOnlyList<Rgb> Palette)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">A PNG.</param>
    /// <param name="name">What errors call it; the path when it is left out.</param>
    /// <exception cref="BadImageException">It cannot be read, or is no PNG.</exception>
    public static ClassMask Load(string path, string? name = null)
    {
        using PooledFile file = PooledFile.Read(path, name ?? path);
        ImageFormat format = FormatSniffer.Find(file.Bytes, name ?? path);
        if (format != ImageFormat.Png)
            throw new BadImageException(ErrorIds.UnknownFormat, $"a mask of classes is a PNG, and this file is {format}", name ?? path,
                "write it as a PNG: other formats change colors, or are not read as they are stored");
        return PngDecoder.DecodeMask(file.Bytes, name ?? path);
    }

    /// <summary>The color of a value, for people to look at.</summary>
    /// <param name="value">One of <see cref="Values"/>.</param>
    public Rgb ColorOf(int value) => Kind switch
    {
        MaskKind.Color => new Rgb((byte)(value >> 16), (byte)(value >> 8), (byte)value),
        MaskKind.Entry when value < Palette.Count => Palette[value],
        _ => new Rgb((byte)Math.Min(value, 255), (byte)Math.Min(value, 255), (byte)Math.Min(value, 255)),
    };
}

/// <summary>How a mask names classes.</summary>
public enum MaskKind
{
    /// <summary>By the entries of its palette.</summary>
    Entry,

    /// <summary>By gray values.</summary>
    Gray,

    /// <summary>By colors.</summary>
    Color,
}
