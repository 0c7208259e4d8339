using System.Buffers;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using SkiaSharp;
using PictureErrors = MocoSharp.Imaging.ErrorIds;

namespace MocoSharp.Embedding;

/// <summary>Pixels of JPEG, PNG, WebP, GIF and BMP files by SkiaSharp, by the training side's rules: EXIF's orientation is applied, alpha
/// is dropped or laid on the encoder's background, color profiles are not applied.</summary>
/// <remarks>Skia is asked for samples that are not premultiplied: premultiplying loses what lies below transparent pixels.</remarks>
internal static unsafe class SkiaDecoder
{
    /// <exception cref="BadImageException">MS3001 to MS3006: it is no picture, is broken, of another kind or too large.</exception>
    internal static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory memory)
    {
        ImageFormat format = FormatSniffer.Find(file, name);
        if (format is not (ImageFormat.Jpeg or ImageFormat.Png or ImageFormat.WebP or ImageFormat.Gif or ImageFormat.Bmp))
            throw new BadImageException(PictureErrors.UnsupportedKind,
                $"the file is {format.ToString().ToUpperInvariant()}; JPEG, PNG, WebP, GIF and BMP are read here", name,
                "convert it to JPEG, PNG or WebP");
        fixed (byte* bytes = file)
        {
            using SKData data = SKData.Create((nint)bytes, file.Length);
            using SKCodec? codec = SKCodec.Create(data);
            if (codec is null)
                throw new BadImageException(PictureErrors.Corrupt, $"the {Name(format)} file is broken: its header cannot be read", name,
                    "copy it again, or delete it");
            PixelLimit.Check(codec.Info.Width, codec.Info.Height, request, name);
            int orientation = format == ImageFormat.Jpeg ? (int)codec.EncodedOrigin
                : format is ImageFormat.Png or ImageFormat.WebP ? Exif.OrientationOf(file, format) : 1;
            return Decode(codec, format, orientation is >= 1 and <= 8 ? orientation : 1, request, name, memory);
        }
    }

    private static Image Decode(
        SKCodec codec, ImageFormat format, int orientation, DecodeRequest request, string name, ImageMemory memory)
    {
        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        int pixels = width * height;
        byte[] rgba = ArrayPool<byte>.Shared.Rent(pixels * 4);
        try
        {
            fixed (byte* to = rgba)
            {
                SKImageInfo wanted = new(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
                Check(codec.GetPixels(wanted, (nint)to), format, name);
            }
            // in place: three bytes of a pixel never lie behind the four that they come from
            Span<byte> rgb = rgba.AsSpan(0, pixels * 3);
            if (request.Background is { } background) Alpha.Blend(rgba.AsSpan(0, pixels * 4), rgb, background);
            else DropAlpha(rgba.AsSpan(0, pixels * 4), rgb);
            if (request.Channels == 1) Luma.FromRgb(rgb, rgba.AsSpan(0, pixels));
            bool swaps = Orientation.SwapsSides(orientation);
            Image image = memory.Take(swaps ? height : width, swaps ? width : height, request.Channels);
            Orientation.Apply<byte>(rgba.AsSpan(0, pixels * image.Channels), width, height, orientation, image.Samples, image.Channels);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to < rgb.Length; from += 4, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (rgba[from], rgba[from + 1], rgba[from + 2]);
    }

    private static void Check(SKCodecResult result, ImageFormat format, string name)
    {
        if (result == SKCodecResult.Success) return;
        throw result == SKCodecResult.IncompleteInput
            ? new BadImageException(PictureErrors.Truncated, $"the {Name(format)} file ends too early", name, "copy it again, or delete it")
            : new BadImageException(PictureErrors.Corrupt, $"the {Name(format)} file is broken: Skia says {result}", name,
                "copy it again, or delete it");
    }

    private static string Name(ImageFormat format) => format == ImageFormat.WebP ? "WebP" : format.ToString().ToUpperInvariant();
}
