using System.Security.Cryptography;
using System.Text;

namespace MocoSharp.Torch.Serialization;

/// <summary>A safetensors file's checksum of itself, in two of its free texts: SHA-256 of the whole file with zeros in the checksum's
/// place.</summary>
/// <remarks>Two, so that no single damage can make a sealed file look like one that never was. Files without either are of older versions
/// or of other programs.</remarks>
internal static class Seal
{
    internal const string KindName = "checksum", Kind = "sha256", SumName = "sha256";
    private const int Digits = 2 * SHA256.HashSizeInBytes, Part = 1 << 28;
    private static readonly byte[] s_before = Encoding.UTF8.GetBytes($"\"{SumName}\":\"");

    /// <summary>What holds the sum's place until it is known.</summary>
    internal static string Zeros { get; } = new('0', Digits);

    /// <summary>Whether a text of the head is one of the seal's own.</summary>
    internal static bool Owns(string name) => name is KindName or SumName;

    /// <summary>Where a head's sum stands, counted from its first byte; below 0 where there is none.</summary>
    internal static int PlaceIn(ReadOnlySpan<byte> head) => head.IndexOf(s_before) is >= 0 and var at
        && at + s_before.Length + Digits <= head.Length ? at + s_before.Length : -1;

    /// <summary>What is wrong with a file's seal; null where it is whole or where there is none.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="header">Its head.</param>
    internal static unsafe string? Broken(byte* file, long length, SafetensorsHeader header)
    {
        if (!header.Metadata.Keys.Any(Owns)) return null;
        if (header.Metadata.GetValueOrDefault(KindName) != Kind || !header.Metadata.TryGetValue(SumName, out string? sum))
            return "its checksum is damaged";
        int place = PlaceIn(new ReadOnlySpan<byte>(file, (int)header.DataStart));
        if (place < 0) return "its checksum is damaged";
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(new ReadOnlySpan<byte>(file, place));
        hash.AppendData(Encoding.ASCII.GetBytes(Zeros));
        for (long at = place + Digits; at < length; at += Part)
            hash.AppendData(new ReadOnlySpan<byte>(file + at, (int)Math.Min(Part, length - at)));
        return Hex(hash) == sum ? null : "its checksum differs: it was damaged, or changed by a program that copied the checksum";
    }

    internal static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
