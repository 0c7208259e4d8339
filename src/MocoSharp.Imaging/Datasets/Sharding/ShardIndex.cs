using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>What is where in one shard: a file <c>NAME.idx</c> beside <c>NAME.tar</c>, or found by reading the shard's headers.</summary>
/// <remarks>The file is a header of 32 bytes, entries of 24, and names in UTF-8; all numbers are little-endian.</remarks>
internal sealed class ShardIndex
{
    /// <summary>The ending of an index's name.</summary>
    internal const string Extension = ".idx";

    private const int HeaderSize = 32;
    private const uint Version = 1;
    private static readonly byte[] s_name = [.. "MOCOSHRD"u8];
    private readonly ShardEntry[] _entries;
    private readonly byte[] _names;

    private ShardIndex(ShardEntry[] entries, byte[] names, long shardBytes, bool hasChecksums) =>
        (_entries, _names, ShardBytes, HasChecksums) = (entries, names, shardBytes, hasChecksums);

    /// <summary>How many pictures the shard holds.</summary>
    internal int Count => _entries.Length;

    /// <summary>The shard's length.</summary>
    internal long ShardBytes { get; }

    /// <summary>Whether entries have checksums: not where the shard's headers alone were read.</summary>
    internal bool HasChecksums { get; }

    /// <summary>CRC-32C of entries and names.</summary>
    internal uint Checksum { get; private init; }

    internal ShardEntry Entry(int picture) => _entries[picture];

    /// <summary>What a picture is called.</summary>
    internal string Name(int picture)
    {
        int start = picture == 0 ? 0 : (int)_entries[picture - 1].NameEnd;
        return Encoding.UTF8.GetString(_names.AsSpan(start, (int)_entries[picture].NameEnd - start));
    }

    /// <summary>Makes an index.</summary>
    /// <param name="pictures">Each picture's place and name; ends of names are filled in.</param>
    /// <param name="shardBytes">The shard's length.</param>
    /// <param name="hasChecksums">Whether the entries have checksums.</param>
    internal static ShardIndex Of(IReadOnlyList<(ShardEntry Entry, string Name)> pictures, long shardBytes, bool hasChecksums)
    {
        using MemoryStream names = new();
        ShardEntry[] entries = new ShardEntry[pictures.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            names.Write(Encoding.UTF8.GetBytes(pictures[i].Name));
            entries[i] = pictures[i].Entry with { NameEnd = (uint)names.Length };
        }
        byte[] text = names.ToArray();
        return new ShardIndex(entries, text, shardBytes, hasChecksums) { Checksum = Sum(entries, text) };
    }

    /// <summary>The same pictures with labels.</summary>
    internal ShardIndex Labeled(IReadOnlyList<int> labels)
    {
        ShardEntry[] entries = [.. _entries.Select((entry, i) => entry with { Label = labels[i] })];
        return new ShardIndex(entries, _names, ShardBytes, HasChecksums) { Checksum = Sum(entries, _names) };
    }

    /// <summary>The file's content.</summary>
    internal byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderSize + _entries.Length * ShardEntry.Size + _names.Length];
        s_name.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), ShardBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Packing.Checksum.Of(bytes.AsSpan(0, 28)));
        MemoryMarshal.AsBytes<ShardEntry>(_entries).CopyTo(bytes.AsSpan(HeaderSize));
        _names.CopyTo(bytes, HeaderSize + _entries.Length * ShardEntry.Size);
        return bytes;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImagingException">MS5307: it is missing, damaged or of another version.</exception>
    internal static ShardIndex Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, $"a shard's index cannot be read: {error.Message}", error);
        }
        if (bytes.Length < HeaderSize || !bytes.AsSpan(0, 8).SequenceEqual(s_name))
            throw Bad(path, "this is no index of a shard");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)),
            sum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(24));
        if (version != Version)
            throw Bad(path, $"the index has version {version}, and this program reads version {Version}");
        long count = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)), namesAt = HeaderSize + count * ShardEntry.Size;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(28)) != Packing.Checksum.Of(bytes.AsSpan(0, 28))
            || namesAt > bytes.Length || Packing.Checksum.Of(bytes.AsSpan(HeaderSize)) != sum)
            throw Bad(path, "the index is damaged: a checksum does not agree");
        ShardEntry[] entries = MemoryMarshal.Cast<byte, ShardEntry>(bytes.AsSpan(HeaderSize, (int)count * ShardEntry.Size)).ToArray();
        byte[] names = bytes[(int)namesAt..];
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16));
        uint end = 0;
        foreach (ShardEntry entry in entries)
        {
            if (entry.NameEnd < end || entry.NameEnd > names.Length || entry.At < 0 || entry.At > length - entry.Length)
                throw Bad(path, "the index is damaged: a picture lies outside of its shard");
            end = entry.NameEnd;
        }
        return new ShardIndex(entries, names, length, hasChecksums: true) { Checksum = sum };
    }

    private static uint Sum(ShardEntry[] entries, byte[] names)
    {
        byte[] all = [.. MemoryMarshal.AsBytes<ShardEntry>(entries), .. names];
        return Packing.Checksum.Of(all);
    }

    private static ImagingException Bad(string path, string what, Exception? inner = null) =>
        new(ErrorIds.BadShardIndex, what, path, $"copy it again, or make the index anew: moco shard {Folder(path)} --index --force",
            inner);

    private static string Folder(string path) => Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : ".";
}
