using System.Buffers.Binary;

namespace MocoSharp.Testing;

/// <summary>Makes a changed PNG pass the first check that every reader does.</summary>
internal static class PngChecksums
{
    /// <summary>Gives each chunk the checksum of what it now holds; returns the same bytes.</summary>
    internal static byte[] Renew(byte[] png)
    {
        for (int at = 8; at + 12 <= png.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12) break;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(at + 8 + (int)length), Crc(png.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
        return png;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
