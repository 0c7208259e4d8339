using MocoSharp.Imaging.Codecs.Interop;

namespace MocoSharp.Imaging.Codecs;

internal static unsafe partial class PngDecoder
{
    private const byte PaletteType = 3, GrayAlphaType = 4;

    /// <summary>A file's own numbers, one a pixel.</summary>
    internal static ClassMask DecodeMask(ReadOnlySpan<byte> file, string name)
    {
        fixed (byte* bytes = file)
        {
            nint context = Open(bytes, file.Length, default, name, out SpngNative.Header header);
            try
            {
                int[] values = new int[header.Width * header.Height];
                MaskKind kind = header.ColorType switch
                {
                    PaletteType => MaskKind.Entry,
                    GrayType or GrayAlphaType => MaskKind.Gray,
                    _ => MaskKind.Color,
                };
                if (kind == MaskKind.Color)
                    ReadColors(context, values, name);
                else if (header.BitDepth == 16)
                    ReadDeepGrays(context, header, values, name);
                else if (header.ColorType == GrayAlphaType)
                    ReadGraysWithAlpha(context, values, name);
                else
                    ReadPacked(context, header, values, name);
                return new ClassMask((int)header.Width, (int)header.Height, kind, values,
                    kind == MaskKind.Entry ? PaletteOf(context, name) : []);
            }
            finally
            {
                SpngNative.Free(context);
            }
        }
    }

    private static void ReadColors(nint context, Span<int> values, string name)
    {
        using Scratch rgb = Scratch.Of(values.Length * 3);
        Read(context, rgb.Bytes, SpngNative.FormatRgb8, name);
        for (int i = 0; i < values.Length; i++)
            values[i] = rgb.Bytes[3 * i] << 16 | rgb.Bytes[3 * i + 1] << 8 | rgb.Bytes[3 * i + 2];
    }

    private static void ReadDeepGrays(nint context, in SpngNative.Header header, Span<int> values, string name)
    {
        ushort[] samples = ReadStored(context, header, name);
        int step = samples.Length / values.Length;
        for (int i = 0; i < values.Length; i++) values[i] = samples[i * step];
    }

    private static void ReadGraysWithAlpha(nint context, Span<int> values, string name)
    {
        using Scratch rgba = Scratch.Of(values.Length * 4);
        Read(context, rgba.Bytes, SpngNative.FormatRgba8, name);
        for (int i = 0; i < values.Length; i++) values[i] = rgba.Bytes[4 * i];
    }

    // 1, 2, 4 or 8 bits a pixel, the first pixel highest; each row starts with a byte of its own
    private static void ReadPacked(nint context, in SpngNative.Header header, Span<int> values, string name)
    {
        int width = (int)header.Width, depth = header.BitDepth, rowBytes = (width * depth + 7) / 8;
        using Scratch rows = Scratch.Of(rowBytes * (int)header.Height);
        // libspng 0.7 sets the bits of interlaced pixels of less than a byte and clears none
        rows.Bytes.Clear();
        Read(context, rows.Bytes, SpngNative.FormatHost, name);
        for (int i = 0; i < values.Length; i++)
        {
            int bit = i % width * depth;
            values[i] = rows.Bytes[i / width * rowBytes + bit / 8] >> (8 - depth - bit % 8) & ((1 << depth) - 1);
        }
    }

    private static Rgb[] PaletteOf(nint context, string name)
    {
        SpngNative.Palette palette;
        Check(SpngNative.GetPalette(context, &palette), name);
        Rgb[] colors = new Rgb[palette.Count];
        for (int i = 0; i < colors.Length; i++)
        {
            byte* entry = palette.Entries + SpngNative.Palette.BytesOfEntry * i;
            colors[i] = new Rgb(entry[0], entry[1], entry[2]);
        }
        return colors;
    }
}
