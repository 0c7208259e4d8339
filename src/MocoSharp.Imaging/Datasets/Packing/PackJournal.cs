using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>What is known of the pictures that an unfinished packed file holds already, kept beside it so that packing can go on.</summary>
/// <remarks>A fingerprint of the source and the options, then one record a picture: split, whether it was left out, entry, name.</remarks>
internal sealed class PackJournal
{
    private const int RecordSize = PackEntry.Size + 8;
    private readonly List<PackRecord> _records = [];
    private readonly List<string> _leftOut = [];

    /// <summary>The pictures, in order; those that were left out too.</summary>
    internal IReadOnlyList<PackRecord> Records => _records;

    /// <summary>Unreadable pictures: their names and why.</summary>
    internal IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Where the next picture's bytes go.</summary>
    internal long DataEnd { get; private set; } = PackHeader.Size;

    private long _end;

    /// <summary>Reads what an earlier attempt left: the records up to the first that is cut short or whose picture is damaged.</summary>
    /// <param name="journal">The journal's file.</param>
    /// <param name="data">The unfinished packed file.</param>
    /// <param name="fingerprint">Of this packing; another one's records do not count.</param>
    internal static PackJournal Resume(SafeFileHandle journal, SafeFileHandle data, ulong fingerprint)
    {
        PackJournal found = new() { _end = sizeof(ulong) };
        byte[] bytes = new byte[RandomAccess.GetLength(journal)];
        int length = RandomAccess.Read(journal, bytes, 0), at = sizeof(ulong);
        if (length >= at && MemoryMarshal.Read<ulong>(bytes) == fingerprint)
            while (length - at >= RecordSize)
            {
                int nameLength = MemoryMarshal.Read<int>(bytes.AsSpan(at));
                if (nameLength < 0 || nameLength > length - at - RecordSize)
                    break;
                PackRecord record = new(bytes[at + 4], bytes[at + 5] != 0, MemoryMarshal.Read<PackEntry>(bytes.AsSpan(at + 8)),
                    Encoding.UTF8.GetString(bytes, at + RecordSize, nameLength));
                if (!record.IsLeftOut && !Agrees(data, record.Entry, found.DataEnd))
                    break;
                found.Take(record);
                at += RecordSize + nameLength;
                found._end = at;
            }
        RandomAccess.Write(journal, MemoryMarshal.AsBytes<ulong>([fingerprint]), 0);
        RandomAccess.SetLength(journal, found._end);
        RandomAccess.SetLength(data, found.DataEnd);
        return found;
    }

    /// <summary>Adds pictures whose bytes are in the file already.</summary>
    internal void Append(SafeFileHandle journal, IEnumerable<PackRecord> records)
    {
        using MemoryStream stream = new();
        foreach (PackRecord record in records)
        {
            byte[] name = Encoding.UTF8.GetBytes(record.Name);
            stream.Write(MemoryMarshal.AsBytes<int>([name.Length]));
            stream.Write([record.Split, (byte)(record.IsLeftOut ? 1 : 0), 0, 0]);
            stream.Write(MemoryMarshal.AsBytes<PackEntry>([record.Entry]));
            stream.Write(name);
            Take(record);
        }
        RandomAccess.Write(journal, stream.GetBuffer().AsSpan(0, (int)stream.Length), _end);
        _end += stream.Length;
    }

    /// <summary>Forgets all but the first pictures, so that packing goes on from there.</summary>
    /// <param name="journal">The journal's file.</param>
    /// <param name="data">The unfinished packed file.</param>
    /// <param name="count">How many stay.</param>
    internal void CutTo(SafeFileHandle journal, SafeFileHandle data, int count)
    {
        PackRecord[] kept = [.. _records.Take(count)];
        _records.Clear();
        _leftOut.Clear();
        (DataEnd, _end) = (PackHeader.Size, sizeof(ulong));
        foreach (PackRecord record in kept)
        {
            Take(record);
            _end += RecordSize + Encoding.UTF8.GetByteCount(record.Name);
        }
        RandomAccess.SetLength(journal, _end);
        RandomAccess.SetLength(data, DataEnd);
    }

    private void Take(PackRecord record)
    {
        _records.Add(record);
        if (record.IsLeftOut)
            _leftOut.Add(record.Name);
        else
            DataEnd = (long)record.Entry.At + record.Entry.Length;
    }

    private static bool Agrees(SafeFileHandle data, in PackEntry entry, long dataEnd)
    {
        if ((long)entry.At != dataEnd || RandomAccess.GetLength(data) < dataEnd + entry.Length || entry.Length > Array.MaxLength)
            return false;
        using Codecs.Scratch bytes = Codecs.Scratch.Of((int)entry.Length);
        return RandomAccess.Read(data, bytes.Bytes, dataEnd) == entry.Length && Checksum.Of(bytes.Bytes) == entry.Checksum;
    }
}

/// <summary>One picture of a packing.</summary>
/// <param name="Split">0 for training, 1 for test.</param>
/// <param name="IsLeftOut">It cannot be read; its name is followed by the reason.</param>
/// <param name="Entry">As in the index.</param>
/// <param name="Name">Its path below the root.</param>
internal sealed record PackRecord(byte Split, bool IsLeftOut, PackEntry Entry, string Name);
