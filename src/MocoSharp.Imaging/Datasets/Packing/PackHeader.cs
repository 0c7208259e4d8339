using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>The first 64 bytes of a packed file; docs/formats/pack.md describes them. All numbers are little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PackHeader
{
    /// <summary>Bytes.</summary>
    internal const int Size = 64;

    /// <summary>The version that is written and read.</summary>
    internal const uint CurrentVersion = 1;

    internal ulong Magic;
    internal uint Version;
    internal uint Reserved;
    internal ulong Count;
    internal ulong IndexAt;
    internal ulong NamesAt;
    internal ulong DescriptionAt;
    internal ulong Length;
    internal uint TailChecksum;
    internal uint HeaderChecksum;

    /// <summary>"MOCOPACK" as a number.</summary>
    internal static ulong Name { get; } = MemoryMarshal.Read<ulong>("MOCOPACK"u8);

    /// <summary>The header as bytes.</summary>
    internal readonly byte[] Bytes()
    {
        byte[] bytes = new byte[Size];
        MemoryMarshal.Write(bytes, this);
        return bytes;
    }

    /// <summary>The checksum of all but the last field.</summary>
    internal readonly uint OwnChecksum() => Checksum.Of(Bytes().AsSpan(0, Size - sizeof(uint)));
}

/// <summary>One picture's 32 bytes in the index.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct PackEntry
{
    /// <summary>Bytes.</summary>
    internal const int Size = 32;

    /// <summary>The picture's samples, [Height, Width, Channels].</summary>
    internal const byte RawSamples = 0;

    /// <summary>A whole picture file.</summary>
    internal const byte PictureFile = 1;

    internal ulong At;
    internal uint Length;
    internal uint Width;
    internal uint Height;
    internal byte Encoding;
    internal byte Channels;
    internal ushort Reserved;
    internal int Label;
    internal uint Checksum;

}
