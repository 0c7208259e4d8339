using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>WebP, lossy and lossless; alpha is dropped unless a background is asked for. Of an animation the first frame is read, by
/// ImageMagick.</summary>
internal static unsafe class WebPDecoder
{
    private const int NotEnoughData = 7;

    /// <summary>Decodes to 8 bits a sample.</summary>
    internal static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null)
    {
        fixed (byte* bytes = file)
        {
            WebPNative.Features features = default;
            int status = WebPNative.GetFeatures(bytes, (nuint)file.Length, &features, WebPNative.DecoderInterface);
            if (status != 0)
                throw Broken(status == NotEnoughData || IsShort(file), name);
            if (features.HasAnimation != 0)
                return OtherDecoder.Decode(file, ImageFormat.WebP, request, name, memory);
            PixelLimit.Check(features.Width, features.Height, request, name);

            Rgb? background = features.HasAlpha != 0 ? request.Background : null;
            Image image = ImageMemory.Take(memory, features.Width, features.Height, request.Channels);
            if (image.Channels == 3)
                Read(file, bytes, image.Samples, image.Width, background, name);
            else
            {
                using Scratch rgb = Scratch.Of(image.Samples.Length * 3);
                Read(file, bytes, rgb.Bytes, image.Width, background, name);
                Luma.FromRgb(rgb.Bytes, image.Samples);
            }
            return image;
        }
    }

    private static void Read(ReadOnlySpan<byte> file, byte* bytes, Span<byte> rgb, int width, Rgb? background, string name)
    {
        if (background is { } color)
        {
            using Scratch rgba = Scratch.Of(rgb.Length / 3 * 4);
            fixed (byte* to = rgba.Bytes)
                if (WebPNative.DecodeRgba(bytes, (nuint)file.Length, to, (nuint)rgba.Bytes.Length, width * 4) is null)
                    throw Broken(IsShort(file), name);
            Alpha.Blend(rgba.Bytes, rgb, color);
            return;
        }
        fixed (byte* to = rgb)
            if (WebPNative.DecodeRgb(bytes, (nuint)file.Length, to, (nuint)rgb.Length, width * 3) is null)
                throw Broken(IsShort(file), name);
    }

    // The RIFF header holds the number of bytes after its own eight.
    private static bool IsShort(ReadOnlySpan<byte> file) => file.Length - 8L < BitConverter.ToUInt32(file[4..]);

    private static BadImageException Broken(bool ends, string name) => ends
        ? new(ErrorIds.Truncated, "the WebP file ends too early", name, "copy it again, or delete it")
        : new(ErrorIds.Corrupt, "the WebP file is broken", name, "copy it again, or delete it");
}
