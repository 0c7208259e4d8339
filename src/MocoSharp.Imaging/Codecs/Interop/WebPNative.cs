using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs.Interop;

/// <summary>libwebp 1.x's simple C interface, as declared in its decode.h and encode.h.</summary>
internal static unsafe partial class WebPNative
{
    /// <summary>Major version 2, minor 9: the decoder's binary interface since libwebp 0.6.</summary>
    internal const int DecoderInterface = 0x0209;

    static WebPNative() => NativeLibraries.Register();

    /// <summary>WebPBitstreamFeatures.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Features
    {
        internal int Width;
        internal int Height;
        internal int HasAlpha;
        internal int HasAnimation;
        internal int Format;
        private fixed uint _reserved[5];
    }

    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPGetFeaturesInternal")]
    internal static partial int GetFeatures(byte* file, nuint length, Features* features, int version);

    /// <summary>Null when the file is broken.</summary>
    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPDecodeRGBInto")]
    internal static partial byte* DecodeRgb(byte* file, nuint length, byte* pixels, nuint size, int pitch);

    /// <inheritdoc cref="DecodeRgb"/>
    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPDecodeRGBAInto")]
    internal static partial byte* DecodeRgba(byte* file, nuint length, byte* pixels, nuint size, int pitch);

    /// <summary>The file's length; 0 when it could not be made. <see cref="Free"/> frees the file.</summary>
    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPEncodeRGB")]
    internal static partial nuint EncodeRgb(byte* pixels, int width, int height, int pitch, float quality, byte** file);

    /// <inheritdoc cref="EncodeRgb"/>
    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPEncodeLosslessRGB")]
    internal static partial nuint EncodeLosslessRgb(byte* pixels, int width, int height, int pitch, byte** file);

    [LibraryImport(NativeLibraries.WebP, EntryPoint = "WebPFree")]
    internal static partial void Free(byte* file);
}
