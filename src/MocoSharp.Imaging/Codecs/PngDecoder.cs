using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>PNG of every color type, depth and interlacing. Alpha and transparent colors are dropped, gamma is not applied.</summary>
internal static unsafe class PngDecoder
{
    // A text or profile chunk may be compressed a thousandfold.
    private const int LargestChunk = 64 << 20;

    private const byte GrayType = 0;

    /// <summary>Decodes to 8 bits a sample; of 16 bits the high byte is taken.</summary>
    internal static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null)
    {
        fixed (byte* bytes = file)
        {
            nint context = Open(bytes, file.Length, request, name, out SpngNative.Header header);
            try
            {
                (int width, int height) = ((int)header.Width, (int)header.Height);
                Image image = ImageMemory.Take(memory, width, height, request.Color == Color.Gray ? 1 : 3);
                if (image.Channels == 3)
                    Read(context, image.Samples.AsSpan(), SpngNative.FormatRgb8, name);
                else if (header is { ColorType: GrayType, BitDepth: <= 8 })
                    Read(context, image.Samples.AsSpan(), SpngNative.FormatGray8, name);
                else
                {
                    using Scratch rgb = Scratch.Of(width * height * 3);
                    Read(context, rgb.Bytes, SpngNative.FormatRgb8, name);
                    Luma.FromRgb(rgb.Bytes, image.Samples);
                }
                return image;
            }
            finally
            {
                SpngNative.Free(context);
            }
        }
    }

    /// <summary>A 16-bit file's own samples; null when the file has fewer bits.</summary>
    internal static DeepImage? DecodeDeep(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        fixed (byte* bytes = file)
        {
            nint context = Open(bytes, file.Length, request, name, out SpngNative.Header header);
            try
            {
                return header.BitDepth == 16 ? ReadDeep(context, header, request.Color, name) : null;
            }
            finally
            {
                SpngNative.Free(context);
            }
        }
    }

    private static DeepImage ReadDeep(nint context, in SpngNative.Header header, Color color, string name)
    {
        (int width, int height) = ((int)header.Width, (int)header.Height);
        int stored = header.ColorType switch { GrayType => 1, 2 => 3, 4 => 2, _ => 4 };
        ushort[] samples = GC.AllocateUninitializedArray<ushort>(width * height * stored);
        fixed (ushort* to = samples)
            Check(SpngNative.Decode(context, to, (nuint)samples.Length * sizeof(ushort), SpngNative.FormatHost, 0), name);


        DeepImage deep = new(width, height, color == Color.Gray ? 1 : 3);
        for (int from = 0, at = 0; from < samples.Length; from += stored, at += deep.Channels)
        {
            bool gray = stored < 3;
            (ushort red, ushort green, ushort blue) = gray
                ? (samples[from], samples[from], samples[from])
                : (samples[from], samples[from + 1], samples[from + 2]);
            if (deep.Channels == 1)
                deep.Samples[at] = (ushort)Luma.Of(red, green, blue);
            else
                (deep.Samples[at], deep.Samples[at + 1], deep.Samples[at + 2]) = (red, green, blue);
        }
        return deep;
    }

    private static nint Open(byte* file, int length, DecodeRequest request, string name, out SpngNative.Header header)
    {
        nint context = SpngNative.New(0);
        if (context == 0)
            throw new InsufficientMemoryException("libspng could not make a context.");
        try
        {
            Check(SpngNative.SetFile(context, file, (nuint)length), name);
            Check(SpngNative.SetChunkLimits(context, LargestChunk, LargestChunk), name);
            fixed (SpngNative.Header* at = &header)
                Check(SpngNative.GetHeader(context, at), name);
            PixelLimit.Check(header.Width, header.Height, request, name);
            return context;
        }
        catch
        {
            SpngNative.Free(context);
            throw;
        }
    }

    private static void Read(nint context, Span<byte> samples, int format, string name)
    {
        fixed (byte* to = samples)
            Check(SpngNative.Decode(context, to, (nuint)samples.Length, format, 0), name);
    }

    private static void Check(int status, string name)
    {
        if (status == 0)
            return;
        string text = Marshal.PtrToStringUTF8((nint)SpngNative.ErrorText(status)) ?? "no message";
        if (status == SpngNative.Overflow)
            throw new BadImageException(ErrorIds.TooLarge, "the picture has more pixels than memory has addresses", name,
                "shrink the picture");
        throw status is SpngNative.EndOfFile or SpngNative.TooLittleImageData
            ? new BadImageException(ErrorIds.Truncated, $"the PNG file ends too early ({text})", name, "copy it again, or delete it")
            : new BadImageException(ErrorIds.Corrupt, $"the PNG file is broken: {text}", name, "copy it again, or delete it");
    }
}
