namespace MocoSharp.Imaging.Codecs;

/// <summary>Turns pixels into a PNG, JPEG or WebP file. Pictures have 1 channel (gray) or 3 (RGB).</summary>
public static class ImageEncoder
{
    /// <summary>PNG, lossless, 8 bits a sample.</summary>
    /// <param name="image">1 or 3 channels.</param>
    /// <param name="compression">zlib's level, 0 (none, fast) … 9 (smallest, slow).</param>
    /// <exception cref="ImagingException">Another number of channels, or libspng is not installed or fails.</exception>
    public static byte[] Png(Image image, int compression = 6)
    {
        CheckChannels(image.Channels);
        return PngEncoder.Encode(image.Samples, image.Width, image.Height, image.Channels, bitDepth: 8, compression);
    }

    /// <summary>PNG, lossless, 16 bits a sample.</summary>
    /// <inheritdoc cref="Png(Image, int)"/>
    public static byte[] Png(DeepImage image, int compression = 6)
    {
        CheckChannels(image.Channels);
        return PngEncoder.Encode<ushort>(image.Samples, image.Width, image.Height, image.Channels, bitDepth: 16, compression);
    }

    /// <summary>PNG with a palette, lossless: one number of an entry a pixel, as masks of classes have it.</summary>
    /// <param name="entries">1 channel: the number of each pixel's entry.</param>
    /// <param name="palette">The entries' colors, 1 to 256; more than the greatest number in <paramref name="entries"/>.</param>
    /// <param name="compression">zlib's level, 0 (none, fast) … 9 (smallest, slow).</param>
    /// <exception cref="ImagingException">MS3011: another number of channels or colors, a number without an entry, or libspng is not
    /// installed or fails.</exception>
    public static byte[] PalettePng(Image entries, IReadOnlyList<Rgb> palette, int compression = 6)
    {
        if (entries.Channels != 1 || palette.Count is < 1 or > 256 || entries.Samples.Max() >= palette.Count)
            throw new ImagingException(ErrorIds.CannotEncode,
                $"a palette of {palette.Count} colors does not fit a picture of {entries.Channels} channels whose greatest number is "
                + $"{entries.Samples.Max()}", fix: "give 1 channel, and 1 to 256 colors: one for each number");
        return PngEncoder.Encode(entries.Samples, entries.Width, entries.Height, palette, compression);
    }

    /// <summary>JPEG with an accurate DCT.</summary>
    /// <param name="image">1 or 3 channels.</param>
    /// <param name="quality">1 … 100, libjpeg's scale.</param>
    /// <param name="fullColor">Whether color keeps its full resolution (4:4:4) instead of half in both directions (4:2:0).</param>
    /// <exception cref="ArgumentOutOfRangeException">Quality is outside 1 … 100.</exception>
    /// <exception cref="ImagingException">Another number of channels, a side above 65,500, or libjpeg-turbo is not installed or
    /// fails.</exception>
    public static byte[] Jpeg(Image image, int quality = 90, bool fullColor = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        CheckChannels(image.Channels);
        return JpegEncoder.Encode(image, quality, fullColor);
    }

    /// <summary>WebP. A gray picture is written as RGB: the format has no gray.</summary>
    /// <param name="image">1 or 3 channels, sides of at most 16,383.</param>
    /// <param name="quality">0 … 100; null is lossless.</param>
    /// <exception cref="ArgumentOutOfRangeException">Quality is outside 0 … 100.</exception>
    /// <exception cref="ImagingException">Another number of channels, a side that is too long, or libwebp is not installed or
    /// fails.</exception>
    public static byte[] WebP(Image image, float? quality = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality ?? 0, 0, nameof(quality));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality ?? 0, 100, nameof(quality));
        CheckChannels(image.Channels);
        return WebPEncoder.Encode(image, quality);
    }

    /// <summary>Writes a file of the format that its extension names: .png, .jpg, .jpeg or .webp (lossless).</summary>
    /// <exception cref="ImagingException">Another extension, or the picture cannot be encoded.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(Image image, string path)
    {
        RequireFormat(path);
        byte[] file = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PNG" => Png(image),
            ".WEBP" => WebP(image),
            _ => Jpeg(image),
        };
        File.WriteAllBytes(path, file);
    }

    /// <summary>Throws unless <see cref="Save"/> knows the format that a file's extension names: before the work whose result goes
    /// there.</summary>
    /// <exception cref="ImagingException">MS3011: it does not.</exception>
    public static void RequireFormat(string path)
    {
        string extension = Path.GetExtension(path);
        if (extension.ToUpperInvariant() is not (".PNG" or ".JPG" or ".JPEG" or ".WEBP"))
            throw new ImagingException(ErrorIds.CannotEncode, $"no format is known for the extension '{extension}'", path,
                "end the file's name with .png, .jpg or .webp");
    }

    private static void CheckChannels(int channels)
    {
        if (channels is not (1 or 3))
            throw new ImagingException(ErrorIds.CannotEncode, $"a picture of {channels} channels cannot be written",
                fix: "keep 1 (gray) or 3 (RGB) of them");
    }
}
