using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Codecs.Interop;

/// <summary>libspng 0.7's C interface, as declared in its spng.h.</summary>
internal static unsafe partial class SpngNative
{
    internal const int EncoderContext = 2;
    internal const int FormatRgba8 = 1;
    internal const int WithTransparentColor = 1;
    internal const int FormatRgb8 = 4;
    internal const int FormatRgba16 = 2;
    internal const int FormatGray8 = 64;
    internal const int FormatHost = 256;
    internal const int OptionCompressionLevel = 2;
    internal const int OptionEncodeToBuffer = 12;
    internal const int EncodeFinalize = 2;
    internal const int EndOfFile = -1;
    internal const int Overflow = 3;
    internal const int TooLittleImageData = 61;

    static SpngNative() => NativeLibraries.Register();

    /// <summary>The IHDR chunk.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Header
    {
        internal uint Width;
        internal uint Height;
        internal byte BitDepth;
        internal byte ColorType;
        internal byte Compression;
        internal byte Filter;
        internal byte Interlace;
    }

    /// <summary>The PLTE chunk: entries of red, green, blue and a byte that has no meaning.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Palette
    {
        internal const int MostEntries = 256, BytesOfEntry = 4;

        internal uint Count;
        internal fixed byte Entries[MostEntries * BytesOfEntry];
    }

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_ctx_new")]
    internal static partial nint New(int flags);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_ctx_free")]
    internal static partial void Free(nint context);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_set_png_buffer")]
    internal static partial int SetFile(nint context, byte* file, nuint length);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_set_chunk_limits")]
    internal static partial int SetChunkLimits(nint context, nuint chunk, nuint all);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_get_ihdr")]
    internal static partial int GetHeader(nint context, Header* header);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_set_ihdr")]
    internal static partial int SetHeader(nint context, Header* header);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_get_plte")]
    internal static partial int GetPalette(nint context, Palette* palette);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_set_plte")]
    internal static partial int SetPalette(nint context, Palette* palette);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_decode_image")]
    internal static partial int Decode(nint context, void* samples, nuint length, int format, int flags);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_set_option")]
    internal static partial int SetOption(nint context, int option, int value);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_encode_image")]
    internal static partial int Encode(nint context, void* samples, nuint length, int format, int flags);

    /// <summary>The encoder's file; the caller frees it with the C library's free.</summary>
    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_get_png_buffer")]
    internal static partial byte* GetFile(nint context, nuint* length, int* error);

    [LibraryImport(NativeLibraries.Spng, EntryPoint = "spng_strerror")]
    internal static partial byte* ErrorText(int code);
}
