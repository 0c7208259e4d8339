using System.Numerics;
using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>CRC-32C (Castagnoli), as iSCSI and ext4 use it; the processor has an instruction for it.</summary>
internal static class Checksum
{
    private const uint Start = uint.MaxValue;

    /// <summary>The checksum of some bytes.</summary>
    internal static uint Of(ReadOnlySpan<byte> bytes) => ~Add(Start, bytes);

    /// <summary>The checksum of bytes that may be more than a span holds.</summary>
    internal static unsafe uint OfLong(byte* bytes, long length)
    {
        const int Piece = 1 << 30;
        uint crc = Start;
        for (long at = 0; at < length; at += Piece)
            crc = Add(crc, new ReadOnlySpan<byte>(bytes + at, (int)Math.Min(Piece, length - at)));
        return ~crc;
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte last in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, last);
        return crc;
    }
}
