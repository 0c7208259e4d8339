using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Writes PNG through libspng.</summary>
internal static unsafe class PngEncoder
{
    private const byte PaletteType = 3;

    /// <summary>Encodes interleaved samples in the machine's byte order.</summary>
    internal static byte[] Encode<T>(ReadOnlySpan<T> samples, int width, int height, int channels, byte bitDepth, int compression)
        where T : unmanaged
    {
        byte colorType = (byte)(channels == 1 ? 0 : 2);
        SpngNative.Header header = new() { Width = (uint)width, Height = (uint)height, BitDepth = bitDepth, ColorType = colorType };
        return Encode(MemoryMarshal.AsBytes(samples), header, palette: null, compression);
    }

    /// <summary>Encodes the numbers of a palette's entries, one a pixel.</summary>
    internal static byte[] Encode(ReadOnlySpan<byte> entries, int width, int height, IReadOnlyList<Rgb> palette, int compression)
    {
        SpngNative.Header header = new() { Width = (uint)width, Height = (uint)height, BitDepth = 8, ColorType = PaletteType };
        SpngNative.Palette chunk = new() { Count = (uint)palette.Count };
        for (int i = 0; i < palette.Count; i++)
        {
            byte* entry = chunk.Entries + SpngNative.Palette.BytesOfEntry * i;
            (entry[0], entry[1], entry[2]) = (palette[i].Red, palette[i].Green, palette[i].Blue);
        }
        return Encode(entries, header, &chunk, compression);
    }

    private static byte[] Encode(ReadOnlySpan<byte> bytes, SpngNative.Header header, SpngNative.Palette* palette, int compression)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(compression, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compression, 9);
        nint context = SpngNative.New(SpngNative.EncoderContext);
        if (context == 0)
            throw new InsufficientMemoryException("libspng could not make a context.");
        try
        {
            Check(SpngNative.SetOption(context, SpngNative.OptionEncodeToBuffer, 1));
            Check(SpngNative.SetOption(context, SpngNative.OptionCompressionLevel, compression));
            Check(SpngNative.SetHeader(context, &header));
            if (palette is not null) Check(SpngNative.SetPalette(context, palette));
            fixed (byte* from = bytes)
                Check(SpngNative.Encode(context, from, (nuint)bytes.Length, SpngNative.FormatHost, SpngNative.EncodeFinalize));
            return Take(context);
        }
        finally
        {
            SpngNative.Free(context);
        }
    }

    private static byte[] Take(nint context)
    {
        nuint length;
        int error;
        byte* file = SpngNative.GetFile(context, &length, &error);
        try
        {
            Check(error);
            return new ReadOnlySpan<byte>(file, checked((int)length)).ToArray();
        }
        finally
        {
            NativeMemory.Free(file);
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
            throw new ImagingException(ErrorIds.CannotEncode,
                $"libspng could not write the picture: {Marshal.PtrToStringUTF8((nint)SpngNative.ErrorText(status))}");
    }
}
