using System.Buffers.Binary;

namespace MocoSharp.Imaging.Codecs;

/// <summary>What a JPEG's markers say before its first scan; enough to choose a scale and to refuse without decoding.</summary>
/// <param name="Width">Columns as stored.</param>
/// <param name="Height">Rows as stored.</param>
/// <param name="Components">1 gray, 3 YCbCr or RGB, 4 CMYK or YCCK.</param>
/// <param name="IsHeldWhole">Progressive or in several scans: the decoder keeps all coefficients at full size, whatever the scale.</param>
/// <param name="LeastScanBytes">No complete file has fewer bytes than this in its scans.</param>
/// <param name="ScanStart">Where the first scan's marker segment starts, bytes.</param>
/// <param name="Orientation">EXIF's 1 … 8; 1 is upright.</param>
internal readonly record struct JpegHeader(
    int Width, int Height, int Components, bool IsHeldWhole, long LeastScanBytes, int ScanStart, int Orientation)
{
    private const int StartOfScan = 0xDA;
    private const int EndOfImage = 0xD9;
    private const int Application1 = 0xE1;

    /// <summary>Walks the markers up to the first scan.</summary>
    /// <exception cref="BadImageException">They are broken, or of a kind that is not read.</exception>
    internal static JpegHeader Read(ReadOnlySpan<byte> file, string name)
    {
        JpegHeader header = new(0, 0, 0, false, 0, 0, Orientation: 1);
        for (int at = 2; ;)
        {
            int marker = NextMarker(file, ref at, name);
            if (marker is >= 0xD0 and <= 0xD8 or 0x01)
                continue;                                                     // these stand alone
            if (marker == EndOfImage)
                throw Broken("it holds no picture", name);
            ReadOnlySpan<byte> segment = Segment(file, ref at, name);
            switch (marker)
            {
                case StartOfScan when header.Width == 0:
                    throw Broken("its first scan comes before its size", name);
                case StartOfScan:
                    bool severalScans = segment.Length > 0 && segment[0] < header.Components;
                    return header with { ScanStart = at, IsHeldWhole = header.IsHeldWhole || severalScans };
                case Application1 when header.Orientation == 1:
                    header = header with { Orientation = Exif.Orientation(segment) };
                    break;
                case 0xC0 or 0xC1 or 0xC2 or 0xC9 or 0xCA when header.Width == 0:
                    header = Frame(marker, segment, name) with { Orientation = header.Orientation };
                    break;
                case 0xC3 or 0xC5 or 0xC6 or 0xC7 or 0xCB or 0xCD or 0xCE or 0xCF:
                    throw Unsupported("lossless or hierarchical", name);
                default:
                    break;                                                    // tables and comments are the decoder's business
            }
        }
    }

    private static JpegHeader Frame(int marker, ReadOnlySpan<byte> segment, string name)
    {
        if (segment.Length < 6 || segment.Length < 6 + 3 * segment[5])
            throw Broken("its frame header is cut off", name);
        (int precision, int components) = (segment[0], segment[5]);
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        if (precision != 8)
            throw Unsupported($"with {precision} bits a sample", name);
        if (components is not (1 or 3 or 4))
            throw Unsupported($"with {components} components", name);
        if (width == 0 || height == 0)
            throw Broken($"its size is {width} x {height}", name);

        bool progressive = marker is 0xC2 or 0xCA, arithmetic = marker is 0xC9 or 0xCA;
        long blocks = Blocks(segment.Slice(6, 3 * components), width, height);
        // A Huffman code has one bit or more: one for a block's first coefficient, another for "no more" where both are in one scan.
        long leastBits = arithmetic ? 0 : blocks * (progressive ? 1 : 2);
        return new JpegHeader(width, height, components, progressive, leastBits / 8, 0, 1);
    }

    private static long Blocks(ReadOnlySpan<byte> components, int width, int height)
    {
        int mostAcross = 1, mostDown = 1;
        for (int i = 1; i < components.Length; i += 3)
            (mostAcross, mostDown) = (Math.Max(mostAcross, components[i] >> 4), Math.Max(mostDown, components[i] & 15));
        long blocks = 0;
        for (int i = 1; i < components.Length; i += 3)
            blocks += (long)width * (components[i] >> 4) / (8 * mostAcross) * ((long)height * (components[i] & 15) / (8 * mostDown));
        return blocks;
    }

    private static int NextMarker(ReadOnlySpan<byte> file, ref int at, string name)
    {
        // As the decoder does: stray bytes before a marker are passed over, and FF may be repeated.
        while (true)
        {
            int start = file[at..].IndexOf((byte)0xFF);
            if (start < 0)
                throw Short(name);
            at += start;
            while (at < file.Length && file[at] == 0xFF)
                at++;
            if (at == file.Length)
                throw Short(name);
            if (file[at++] is not 0 and byte marker)
                return marker;
        }
    }

    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> file, ref int at, string name)
    {
        if (file.Length - at < 2)
            throw Short(name);
        int length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
        if (length < 2)
            throw Broken("a marker segment has no length", name);
        if (file.Length - at < length)
            throw Short(name);
        ReadOnlySpan<byte> segment = file.Slice(at + 2, length - 2);
        at += length;
        return segment;
    }

    private static BadImageException Short(string name) =>
        new(ErrorIds.Truncated, "the JPEG file ends before its first scan", name, "copy it again, or delete it");

    private static BadImageException Broken(string what, string name) =>
        new(ErrorIds.Corrupt, $"the JPEG file is broken: {what}", name, "copy it again, or delete it");

    private static BadImageException Unsupported(string kind, string name) =>
        new(ErrorIds.UnsupportedKind, $"the JPEG file is {kind}; 8-bit gray, YCbCr, RGB, CMYK and YCCK are read", name,
            "save it again as a plain JPEG or PNG");
}
