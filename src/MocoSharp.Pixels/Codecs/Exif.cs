using System.Buffers.Binary;

namespace MocoSharp.Imaging.Codecs;

/// <summary>Reads the one EXIF field that changes the pixels.</summary>
internal static class Exif
{
    private const int OrientationTag = 0x0112;
    private const int ShortType = 3;

    /// <summary>The orientation in an APP1 segment, 1 … 8; 1 (upright) when it holds none or is broken, as viewers take it.</summary>
    /// <remarks>EXIF 2.3, 4.6.4: a TIFF header and its first directory, twelve bytes an entry.</remarks>
    internal static int Orientation(ReadOnlySpan<byte> segment)
    {
        return segment.StartsWith("Exif\0\0"u8) ? OfTiff(segment[6..]) : 1;
    }

    /// <summary>The orientation of a PNG (its <c>eXIf</c> chunk) or a WebP file (its <c>EXIF</c> chunk); 1 where it has none or it is
    /// broken.</summary>
    internal static int OrientationOf(ReadOnlySpan<byte> file, ImageFormat format)
    {
        ReadOnlySpan<byte> found = format == ImageFormat.Png ? Chunk(file, at: 8, "eXIf"u8, lengthFirst: true)
            : file.Length > 20 && file[12..].StartsWith("VP8X"u8) && (file[20] & 0x08) != 0
            ? Chunk(file, at: 12, "EXIF"u8, lengthFirst: false) : default;
        return found.StartsWith("Exif\0\0"u8) ? OfTiff(found[6..]) : OfTiff(found);
    }

    // PNG: length (large end first), name, data, four bytes of checksum. RIFF: name, length (small end first), data, a byte more where that
    // is odd.
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, long at, ReadOnlySpan<byte> name, bool lengthFirst)
    {
        while (at + 8 <= file.Length)
        {
            ReadOnlySpan<byte> head = file.Slice((int)at, 8);
            long length = lengthFirst ? BinaryPrimitives.ReadUInt32BigEndian(head) : BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head.Slice(lengthFirst ? 4 : 0, 4).SequenceEqual(name))
                return at + 8 + length <= file.Length ? file.Slice((int)at + 8, (int)length) : default;
            at += 8 + length + (lengthFirst ? 4 : length & 1);
        }
        return default;
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM\0*"u8)))
            return 1;
        uint directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return 1;
        int entries = Short(tiff[(int)directory..], little);
        for (int i = 0, at = (int)directory + 2; i < entries && at + 12 <= tiff.Length; i++, at += 12)
        {
            ReadOnlySpan<byte> entry = tiff.Slice(at, 12);
            if (Short(entry, little) == OrientationTag && Short(entry[2..], little) == ShortType)
                return Short(entry[8..], little) is >= 1 and <= 8 and ushort orientation ? orientation : 1;
        }
        return 1;
    }

    private static ushort Short(ReadOnlySpan<byte> from, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(from) : BinaryPrimitives.ReadUInt16BigEndian(from);
}
