using System.Buffers.Binary;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>Makes a changed PNG's checksums right again, so that the change reaches the decoder.</summary>
internal static class PngChunks
{
    internal static void RepairChecksums(Span<byte> file)
    {
        const int Signature = 8, Frame = 12;                                  // a chunk is length, type, data, checksum
        for (int at = Signature; file.Length - at >= Frame;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - Frame)
                return;
            Span<byte> covered = file.Slice(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(file[(at + 8 + (int)length)..], Crc(covered));
            at += Frame + (int)length;
        }
    }

    // PNG's checksum, ISO 3309.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0u - (crc & 1)));
        }
        return ~crc;
    }
}
