using System.Numerics.Tensors;

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
    public static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null)
    {
        ImageFormat format = FormatSniffer.Find(file, name);
        return ReadBands(file, format, request, name) is { } bands
            ? Upright(BandPicture.Of(bands, request, name, bands.Orientation == 1 ? memory : null), bands.Orientation, memory)
            : DecodeAs(format, file, request, name, memory);
    }

    private static Image DecodeAs(ImageFormat format, ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory) =>
        format switch
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
    /// <returns>The own samples of a PNG or TIFF of 16 bits; those of a TIFF of other numbers as <see cref="DecodeRequest.Range"/> says;
    /// those of any other picture spread over the range (times 257).</returns>
    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, DecodeRequest, string, ImageMemory?)"/>
    public static DeepImage DecodeDeep(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        ImageFormat format = FormatSniffer.Find(file, name);
        if (format == ImageFormat.Png && PngDecoder.DecodeDeep(file, request, name) is { } deep)
            return Upright(deep, Exif.OrientationOf(file, ImageFormat.Png));
        if (format == ImageFormat.Tiff && TiffDecoder.Read(file, request, name) is { } page)
            return Upright(BandPicture.DeepOf(page, request, name), page.Orientation);
        return DeepImage.Spread(Decode(file, request, name));
    }

    /// <summary>A file's numbers, where a picture is made of them: of every TIFF that holds plain numbers, and of any file where bands are
    /// chosen.</summary>
    private static SampleBands? ReadBands(ReadOnlySpan<byte> file, ImageFormat format, DecodeRequest request, string name)
    {
        if (format == ImageFormat.Tiff && TiffDecoder.Read(file, request, name) is { } page)
            return page;
        if (request.Bands is null)
            return null;
        if (format == ImageFormat.Png)
            return PngDecoder.ReadBands(file, request, name);
        Image colors = DecodeAs(format, file, request with { Bands = null, Color = Color.Rgb }, name, memory: null);
        float[] samples = new float[colors.Samples.Length];
        TensorPrimitives.ConvertTruncating<byte, float>(colors.Samples, samples);
        return new SampleBands { Width = colors.Width, Height = colors.Height, Count = 3, Samples = samples, Type = SampleType.Byte };
    }

    private static Image Upright(Image stored, int orientation, ImageMemory? memory)
    {
        if (orientation == 1)
            return stored;
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
