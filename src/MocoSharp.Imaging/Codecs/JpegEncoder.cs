using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Writes JPEG through libjpeg-turbo.</summary>
internal static unsafe class JpegEncoder
{
    /// <summary>Encodes a gray or RGB picture.</summary>
    internal static byte[] Encode(Image image, int quality, bool fullColor)
    {
        bool gray = image.Channels == 1;
        int subsampling = gray ? TurboJpegNative.SubsamplingGray
            : fullColor ? TurboJpegNative.Subsampling444
            : TurboJpegNative.Subsampling420;
        using TurboJpegHandle compressor = TurboJpegHandle.NewCompressor();
        byte* file = null;
        CULong length = default;
        try
        {
            int status;
            fixed (byte* pixels = image.Samples)
                status = TurboJpegNative.Compress(compressor.Value, pixels, image.Width, image.Width * image.Channels, image.Height,
                    gray ? TurboJpegNative.Gray : TurboJpegNative.Rgb, &file, &length, subsampling, quality, TurboJpegNative.AccurateDct);
            if (status != 0)
                throw new ImagingException(ErrorIds.CannotEncode, $"libjpeg-turbo could not write the picture: {compressor.ErrorText}");
            return new ReadOnlySpan<byte>(file, checked((int)length.Value)).ToArray();
        }
        finally
        {
            TurboJpegNative.Free(file);
        }
    }
}
