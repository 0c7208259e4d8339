namespace MocoSharp.Imaging.Codecs;

/// <summary>Turns a picture's file into pixels: JPEG, PNG and WebP by libraries of the system, the other formats by ImageMagick. Safe to
/// call from many threads at once.</summary>
/// <remarks>
/// Pixels are those that PIL's <c>convert("RGB")</c> and <c>convert("L")</c> give, with three differences: EXIF's orientation is
/// applied; of 16-bit gray the high byte is taken (PIL clips it at 255); and a JPEG with damaged data is refused where PIL fills the hole
/// with gray.
/// An alpha channel or a transparent color is dropped, not blended. Color profiles and gamma are not applied.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Decodes a whole file that is in memory.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="request">Color, smallest useful size and limits.</param>
    /// <param name="name">What errors call the picture.</param>
    /// <param name="memory">Where the picture shall lie; null gives it memory of its own.</param>
    /// <returns>A picture of 3 channels (RGB) or 1 (gray).</returns>
    /// <exception cref="BadImageException">The file is empty, broken, too large or of no known format.</exception>
    /// <exception cref="ImagingException">The format's system library is not installed.</exception>
    public static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null) =>
        FormatSniffer.Find(file, name) switch
        {
            ImageFormat.Jpeg => JpegDecoder.Decode(file, request, name, memory),
            ImageFormat.Png => Exif.OrientationOf(file, ImageFormat.Png) is > 1 and int turned
                ? Upright(PngDecoder.Decode(file, request, name), turned, memory)
                : PngDecoder.Decode(file, request, name, memory),
            ImageFormat.WebP => Exif.OrientationOf(file, ImageFormat.WebP) is > 1 and int turned
                ? Upright(WebPDecoder.Decode(file, request, name), turned, memory)
                : WebPDecoder.Decode(file, request, name, memory),
            ImageFormat other => OtherDecoder.Decode(file, other, request, name, memory),
        };

    /// <summary>Decodes with 16 bits a sample, as height maps and medical pictures need.</summary>
    /// <returns>A 16-bit PNG's own samples; those of any other picture are spread over the range (times 257).</returns>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, DecodeRequest, string, ImageMemory?)"/>
    public static DeepImage DecodeDeep(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        if (FormatSniffer.Find(file, name) == ImageFormat.Png && PngDecoder.DecodeDeep(file, request, name) is { } deep)
            return Upright(deep, Exif.OrientationOf(file, ImageFormat.Png));
        return DeepImage.Spread(Decode(file, request, name));
    }

    private static Image Upright(Image stored, int orientation, ImageMemory? memory)
    {
        bool swaps = Orientation.SwapsSides(orientation);
        Image upright = ImageMemory.Take(memory, swaps ? stored.Height : stored.Width, swaps ? stored.Width : stored.Height,
            stored.Channels);
        Orientation.Apply<byte>(stored.Samples, stored.Width, stored.Height, orientation, upright.Samples, upright.Channels);
        return upright;
    }

    private static DeepImage Upright(DeepImage stored, int orientation)
    {
        if (orientation == 1)
            return stored;
        bool swaps = Orientation.SwapsSides(orientation);
        DeepImage upright = new(swaps ? stored.Height : stored.Width, swaps ? stored.Width : stored.Height, stored.Channels);
        Orientation.Apply<ushort>(stored.Samples, stored.Width, stored.Height, orientation, upright.Samples, upright.Channels);
        return upright;
    }

    /// <summary>Reads and decodes one file.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="request">Color, smallest useful size and limits.</param>
    /// <param name="name">What errors call the picture; the path when it is left out.</param>
    /// <param name="memory">Where the picture shall lie; null gives it memory of its own.</param>
    /// <exception cref="BadImageException">The file cannot be read, or <see cref="Decode"/> refuses it.</exception>
    /// <exception cref="ImagingException">The format's system library is not installed.</exception>
    public static Image Load(string path, DecodeRequest request = default, string? name = null, ImageMemory? memory = null)
    {
        using PooledFile file = PooledFile.Read(path, name ?? path);
        return Decode(file.Bytes, request, name ?? path, memory);
    }

    /// <inheritdoc cref="DecodeDeep"/>
    /// <param name="path">The file's path.</param>
    /// <param name="request">Color and limits.</param>
    /// <param name="name">What errors call the picture; the path when it is left out.</param>
    public static DeepImage LoadDeep(string path, DecodeRequest request = default, string? name = null)
    {
        using PooledFile file = PooledFile.Read(path, name ?? path);
        return DecodeDeep(file.Bytes, request, name ?? path);
    }
}
