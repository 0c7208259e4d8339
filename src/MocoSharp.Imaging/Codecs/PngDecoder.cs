using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

/// <summary>PNG of every color type, depth and interlacing. Alpha and transparent colors are dropped unless a background is asked
/// for, gamma is not applied.</summary>
internal static unsafe partial class PngDecoder
{
    // A text or profile chunk may be compressed a thousandfold.
    private const int LargestChunk = 64 << 20;

    private const byte GrayType = 0;
    private const int DepthAt = 24;             // signature 8, chunk head 8, width 4, height 4

    /// <summary>Decodes to 8 bits a sample; of 16 bits the high byte is taken.</summary>
    internal static Image Decode(ReadOnlySpan<byte> file, DecodeRequest request, string name, ImageMemory? memory = null)
    {
        fixed (byte* bytes = file)
        {
            nint context = Open(bytes, file.Length, request, name, out SpngNative.Header header);
            try
            {
                (int width, int height) = ((int)header.Width, (int)header.Height);
                if (header.BitDepth == 16 && request.Range is { } range)
                    return ReadDeep(context, header, request, name).ToBytes(range, memory);
                Image image = ImageMemory.Take(memory, width, height, request.Channels);
                if (request.Background is { } background)
                    ReadOn(background, context, image, name);
                else if (image.Channels == 3)
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
                return header.BitDepth == 16 ? ReadDeep(context, header, request, name) : null;
            }
            finally
            {
                SpngNative.Free(context);
            }
        }
    }

    /// <summary>A file's own numbers, an alpha channel among them; a palette's colors.</summary>
    internal static SampleBands ReadBands(ReadOnlySpan<byte> file, DecodeRequest request, string name)
    {
        fixed (byte* bytes = file)
        {
            nint context = Open(bytes, file.Length, request, name, out SpngNative.Header header);
            try
            {
                int count = header.ColorType switch { GrayType => 1, 4 => 2, 6 => 4, _ => 3 };
                float[] samples = new float[header.Width * header.Height * count];
                if (header.BitDepth == 16)
                    TensorPrimitives.ConvertTruncating<ushort, float>(ReadStored(context, header, name), samples);
                else
                    ReadBytes(context, header, count, samples, name);
                return new SampleBands
                {
                    Width = (int)header.Width,
                    Height = (int)header.Height,
                    Count = count,
                    Samples = samples,
                    Colors = count < 3 ? 1 : 3,
                    Type = header.BitDepth == 16 ? SampleType.UInt16 : SampleType.Byte,
                    Orientation = Exif.OrientationOf(file, ImageFormat.Png),
                };
            }
            finally
            {
                SpngNative.Free(context);
            }
        }
    }

    /// <summary>Whether a PNG file has 16 bits a sample, by its header.</summary>
    internal static bool HasSixteenBits(ReadOnlySpan<byte> file) => file.Length > DepthAt && file[DepthAt] == 16;

    private static void ReadBytes(nint context, in SpngNative.Header header, int count, Span<float> samples, string name)
    {
        bool isGray = count < 3;
        int read = count == 1 ? 1 : count == 3 ? 3 : 4;
        using Scratch scratch = Scratch.Of((int)(header.Width * header.Height) * read);
        Read(context, scratch.Bytes, count switch { 1 => SpngNative.FormatGray8, 3 => SpngNative.FormatRgb8, _ => SpngNative.FormatRgba8 },
            name);
        for (int from = 0, to = 0; to < samples.Length; from += read, to += count)
            for (int band = 0; band < count; band++)
                samples[to + band] = scratch.Bytes[from + (isGray && band == 1 ? 3 : band)];
    }

    private static void ReadOn(Rgb background, nint context, Image image, string name)
    {
        using Scratch rgba = Scratch.Of(image.Width * image.Height * 4);
        Read(context, rgba.Bytes, SpngNative.FormatRgba8, name, SpngNative.WithTransparentColor);
        if (image.Channels == 3)
        {
            Alpha.Blend(rgba.Bytes, image.Samples, background);
            return;
        }
        using Scratch rgb = Scratch.Of(image.Width * image.Height * 3);
        Alpha.Blend(rgba.Bytes, rgb.Bytes, background);
        Luma.FromRgb(rgb.Bytes, image.Samples);
    }

    private static DeepImage ReadDeep(nint context, in SpngNative.Header header, DecodeRequest request, string name)
    {
        (int width, int height) = ((int)header.Width, (int)header.Height);
        ushort[] samples = ReadStored(context, header, name);
        int stored = samples.Length / (width * height);
        if (request.Background is { } background && stored is 2 or 4)
            for (int from = 0; from < samples.Length; from += stored)
            {
                ushort alpha = samples[from + stored - 1];
                samples[from] = Alpha.OfDeep(samples[from], background.Red, alpha);
                if (stored == 2)
                    continue;
                samples[from + 1] = Alpha.OfDeep(samples[from + 1], background.Green, alpha);
                samples[from + 2] = Alpha.OfDeep(samples[from + 2], background.Blue, alpha);
            }

        DeepImage deep = new(width, height, request.Channels);
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

    private static ushort[] ReadStored(nint context, in SpngNative.Header header, string name)
    {
        int stored = header.ColorType switch { GrayType => 1, 2 => 3, 4 => 2, _ => 4 };
        ushort[] samples = GC.AllocateUninitializedArray<ushort>((int)(header.Width * header.Height) * stored);
        fixed (ushort* to = samples)
            Check(SpngNative.Decode(context, to, (nuint)samples.Length * sizeof(ushort), SpngNative.FormatHost, 0), name);
        return samples;
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

    private static void Read(nint context, Span<byte> samples, int format, string name, int flags = 0)
    {
        fixed (byte* to = samples)
            Check(SpngNative.Decode(context, to, (nuint)samples.Length, format, flags), name);
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
