using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>JPEG through libjpeg-turbo: accurate DCT and smooth chroma upsampling, EXIF orientation applied, shrunk by eighths while
/// decoding.</summary>
/// <remarks>
/// A file whose data ends early or is damaged ("premature end", "bad Huffman code", a lost restart marker) is refused, though the library
/// would fill the rest with gray. Its other warnings (stray bytes between markers, an unknown revision) leave the pixels whole and pass.
/// </remarks>
internal static unsafe class JpegDecoder
{
    /// <summary>Decodes to 8 bits a sample.</summary>
    internal static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null)
    {
        JpegHeader header = JpegHeader.Read(file, name);
        (int width, int height) = JpegScale.Choose(header, request);
        PixelLimit.Check(width, height, request, name);
        if (header.IsHeldWhole)
            PixelLimit.Check(header.Width, header.Height, request, name, " (a progressive JPEG is held at full size)");
        if (file.Length - header.ScanStart < header.LeastScanBytes)
            throw Truncated("it has fewer bytes than its size needs", name);

        bool swaps = Orientation.SwapsSides(header.Orientation);
        Image image = ImageMemory.Take(memory, swaps ? height : width, swaps ? width : height, request.Channels);
        (int format, int channels) = header.Components switch
        {
            4 => (TurboJpegNative.Cmyk, 4),
            1 when image.Channels == 1 => (TurboJpegNative.Gray, 1),
            _ => (TurboJpegNative.Rgb, 3),
        };
        if (channels == image.Channels && header.Orientation == 1)
        {
            Read(file, image.Samples, width, height, channels, format, header.ScanStart, name);
            return image;
        }

        using Scratch scratch = Scratch.Of(width * height * channels);
        Span<byte> stored = scratch.Bytes;
        Read(file, stored, width, height, channels, format, header.ScanStart, name);
        if (channels == 4)
            Cmyk.ToRgbInPlace(stored);
        if (channels > 1 && image.Channels == 1)
            Luma.FromRgb(stored, header.Orientation == 1 ? image.Samples : stored[..(width * height)]);
        if (header.Orientation != 1)
            Orientation.Apply<byte>(stored, width, height, header.Orientation, image.Samples, image.Channels);
        else if (image.Channels == 3)
            stored[..image.Samples.Length].CopyTo(image.Samples);
        return image;
    }

    private static void Read(
        ReadOnlySpan<byte> file, Span<byte> to, int width, int height, int channels, int format, int scanStart, string name)
    {
        TurboJpegHandle handle = TurboJpegHandle.Decompressor;
        int status;
        fixed (byte* bytes = file, pixels = to)
            status = TurboJpegNative.Decompress(
                handle.Value, bytes, new((nuint)file.Length), pixels, width, width * channels, height, format, TurboJpegNative.LimitScans);
        if (status == 0)
            return;
        string text = handle.ErrorText;
        if (text.StartsWith("Premature end", StringComparison.Ordinal))
            throw Truncated(text, name);
        if (TurboJpegNative.ErrorCode(handle.Value) != TurboJpegNative.Warning || MeansLostPixels(text))
            throw new BadImageException(ErrorIds.Corrupt, $"the JPEG file is broken: {text}", name, "copy it again, or delete it");
        // Only the first warning's text is kept, so the end must be looked for when another came first.
        if (file[scanStart..].IndexOf(EndOfImage) < 0)
            throw Truncated(text, name);
    }

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    private static bool MeansLostPixels(string warning) =>
        warning.StartsWith("Corrupt JPEG data", StringComparison.Ordinal) && !warning.Contains("extraneous bytes", StringComparison.Ordinal)
        && !warning.Contains("ICC", StringComparison.Ordinal);

    private static BadImageException Truncated(string text, string name) =>
        new(ErrorIds.Truncated, $"the JPEG file ends too early ({text})", name, "copy it again, or delete it");
}
