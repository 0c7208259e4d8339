using System.Runtime.InteropServices;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>Where one picture of a shard is, as it lies in the shard's index.</summary>
/// <param name="At">Its first byte in the shard.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Label">An index into the set's classes, or −1.</param>
/// <param name="Checksum">CRC-32C of its bytes; meaningless in an index without checksums.</param>
/// <param name="NameEnd">Where its name ends among the names; the first starts at 0.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct ShardEntry(long At, uint Length, int Label, uint Checksum, uint NameEnd)
{
    /// <summary>Bytes an entry.</summary>
    internal const int Size = 24;
}
