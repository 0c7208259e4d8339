using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Writes PNG through libspng.</summary>
internal static unsafe class PngEncoder
{
    /// <summary>Encodes interleaved samples in the machine's byte order.</summary>
    internal static byte[] Encode<T>(ReadOnlySpan<T> samples, int width, int height, int channels, byte bitDepth, int compression)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(compression, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compression, 9);
        nint context = SpngNative.New(SpngNative.EncoderContext);
        if (context == 0)
            throw new InsufficientMemoryException("libspng could not make a context.");
        try
        {
            byte colorType = (byte)(channels == 1 ? 0 : 2);
            SpngNative.Header header = new() { Width = (uint)width, Height = (uint)height, BitDepth = bitDepth, ColorType = colorType };
            Check(SpngNative.SetOption(context, SpngNative.OptionEncodeToBuffer, 1));
            Check(SpngNative.SetOption(context, SpngNative.OptionCompressionLevel, compression));
            Check(SpngNative.SetHeader(context, &header));
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(samples);
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
