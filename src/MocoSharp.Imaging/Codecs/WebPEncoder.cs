using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Writes WebP through libwebp.</summary>
internal static unsafe class WebPEncoder
{
    /// <summary>Encodes a gray or RGB picture.</summary>
    internal static byte[] Encode(Image image, float? quality)
    {
        if (image.Channels == 3)
            return Encode(image.Samples, image.Width, image.Height, quality);
        using Scratch rgb = Scratch.Of(checked(image.Samples.Length * 3));
        for (int i = 0; i < image.Samples.Length; i++)
            rgb.Bytes.Slice(3 * i, 3).Fill(image.Samples[i]);
        return Encode(rgb.Bytes, image.Width, image.Height, quality);
    }

    private static byte[] Encode(ReadOnlySpan<byte> rgb, int width, int height, float? quality)
    {
        byte* file = null;
        try
        {
            nuint length;
            fixed (byte* pixels = rgb)
                length = quality is { } lossy
                    ? WebPNative.EncodeRgb(pixels, width, height, width * 3, lossy, &file)
                    : WebPNative.EncodeLosslessRgb(pixels, width, height, width * 3, &file);
            if (length == 0)
                throw new ImagingException(ErrorIds.CannotEncode, $"libwebp could not write a picture of {width} x {height} pixels",
                    fix: "keep both sides at 16,383 or below");
            return new ReadOnlySpan<byte>(file, checked((int)length)).ToArray();
        }
        finally
        {
            WebPNative.Free(file);
        }
    }
}
