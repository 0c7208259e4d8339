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
        if (!segment.StartsWith("Exif\0\0"u8))
            return 1;
        ReadOnlySpan<byte> tiff = segment[6..];
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
