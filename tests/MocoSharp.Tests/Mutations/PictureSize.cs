using System.Buffers.Binary;

namespace MocoSharp.Tests.Mutations;

/// <summary>The pixels that a picture file claims, read by ourselves; what it may cost is measured by them.</summary>
internal static class PictureSize
{
    /// <summary>Columns times rows; null where no size can be read.</summary>
    internal static long? Of(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])) return OfJpeg(file);
        if (file.Length >= 24 && file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
            return (long)Math.Min((ulong)BinaryPrimitives.ReadUInt32BigEndian(file[16..])
                * BinaryPrimitives.ReadUInt32BigEndian(file[20..]), long.MaxValue);
        return file.Length >= 30 && file.StartsWith("RIFF"u8) ? OfWebP(file[12..]) : null;
    }

    // Lengths lead from marker to marker until the frame's own.
    private static long? OfJpeg(ReadOnlySpan<byte> file)
    {
        for (int at = 2; at + 9 <= file.Length;)
        {
            if (file[at] != 0xFF || file[at + 1] is 0xFF or 0 or 0x01 or (>= 0xD0 and <= 0xDA)) return null;
            if (file[at + 1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (long)BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..])
                    * BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]);
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return null;
    }

    private static long? OfWebP(ReadOnlySpan<byte> chunk)
    {
        if (chunk.StartsWith("VP8X"u8))
            return (1L + (BinaryPrimitives.ReadUInt32LittleEndian(chunk[12..]) & 0xFFFFFF))
            * (1L + (BinaryPrimitives.ReadUInt32LittleEndian(chunk[14..]) >> 8));
        if (chunk.StartsWith("VP8L"u8))
            return BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]) is var bits ? (1L + (bits & 0x3FFF)) * (1L + (bits >> 14 & 0x3FFF))
            : null;
        return chunk.StartsWith("VP8 "u8) ? (BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3FFFL)
            * (BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3FFF) : null;
    }
}
