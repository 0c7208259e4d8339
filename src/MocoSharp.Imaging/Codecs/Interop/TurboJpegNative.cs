using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs.Interop;

/// <summary>libjpeg-turbo's TurboJPEG 2.x C interface, as declared in its turbojpeg.h.</summary>
internal static unsafe partial class TurboJpegNative
{
    internal const int Rgb = 0;
    internal const int Gray = 6;
    internal const int Cmyk = 11;
    internal const int Subsampling444 = 0;
    internal const int Subsampling420 = 2;
    internal const int SubsamplingGray = 3;
    internal const int AccurateDct = 4096;
    internal const int LimitScans = 32768;
    internal const int Warning = 0;

    static TurboJpegNative() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjInitDecompress")]
    internal static partial nint InitDecompress();

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjInitCompress")]
    internal static partial nint InitCompress();

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjDestroy")]
    internal static partial int Destroy(nint handle);

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjDecompress2")]
    internal static partial int Decompress(
        nint handle, byte* file, CULong length, byte* pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjCompress2")]
    internal static partial int Compress(
        nint handle, byte* pixels, int width, int pitch, int height, int format, byte** file, CULong* length, int subsampling, int quality,
        int flags);

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjFree")]
    internal static partial void Free(byte* file);

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjGetErrorCode")]
    internal static partial int ErrorCode(nint handle);

    [LibraryImport(NativeLibraries.TurboJpeg, EntryPoint = "tjGetErrorStr2")]
    internal static partial byte* ErrorText(nint handle);
}
