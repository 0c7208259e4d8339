using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace MocoSharp.Reports.TensorBoard;

/// <summary>TensorBoard's event files: records, each with its length and two checksums, that hold an event each.</summary>
/// <remarks>A record is its length in eight bytes, the length's checksum, the event, and the event's checksum, all little-endian.
/// Checksums are CRC-32C, rotated and offset so that a file that holds checksums does not confuse them with its own.</remarks>
internal static class EventFile
{
    private const int HeadBytes = 12, TailBytes = 4;
    private const uint MaskOffset = 0xA282EAD8;

    /// <summary>Appends an event.</summary>
    internal static void Append(Stream file, Event one)
    {
        byte[] content = one.ToByteArray(), record = new byte[HeadBytes + content.Length + TailBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Checksum(record.AsSpan(0, 8)));
        content.CopyTo(record.AsSpan(HeadBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeadBytes + content.Length), Checksum(content));
        file.Write(record);
    }

    /// <summary>All events up to the end, or to the first record that is cut short or damaged.</summary>
    /// <returns>Each event, and where its record ends.</returns>
    internal static IEnumerable<(Event Event, long End)> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] head = new byte[HeadBytes];
        while (file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false) == HeadBytes)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(head);
            if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != Checksum(head.AsSpan(0, 8))) yield break;
            if (length < 0 || length + TailBytes > file.Length - file.Position) yield break;
            byte[] rest = new byte[length + TailBytes];
            file.ReadExactly(rest);
            if (BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan((int)length)) != Checksum(rest.AsSpan(0, (int)length))) yield break;
            yield return (Event.Parser.ParseFrom(rest, 0, (int)length), file.Position);
        }
    }

    /// <summary>The masked CRC-32C.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte one in bytes) sum = BitOperations.Crc32C(sum, one);
        return BitOperations.RotateRight(~sum, 15) + MaskOffset;
    }
}
