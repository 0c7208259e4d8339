using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Runs;

/// <summary>A text that changes when a run's pictures do: their count, and a hash of names, labels and what files tell without being
/// read.</summary>
/// <remarks>Runs of older versions have one of names and labels alone, which is compared as it was made.</remarks>
internal static class DataFingerprint
{
    private const string Version = "v2";

    internal static string Of(TrainingData data)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddNames(hash, data.Train);
        AddMarks(hash, data.Train);
        if (data.IsApart)
        {
            AddNames(hash, data.Labeled);
            AddMarks(hash, data.Labeled);
        }
        return $"{Number(data)}-{Version}-{Hex(hash)}";
    }

    /// <summary>Of pictures whose classes' names count too.</summary>
    internal static string Of(IImageSource source)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in source.Classes) hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0"));
        AddNames(hash, source);
        AddMarks(hash, source);
        return $"{source.Count.ToString(CultureInfo.InvariantCulture)}-{Version}-{Hex(hash)}";
    }

    /// <summary>The same pictures' fingerprint in the form of another one.</summary>
    internal static string Like(string other, TrainingData data)
    {
        if (other.Split('-') is [_, Version, _]) return Of(data);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AddNames(hash, data.Train);
        return $"{Number(data)}-{Hex(hash)}";
    }

    /// <summary>How many pictures one is of; null where the text is none.</summary>
    internal static int? Pictures(string? fingerprint) =>
        int.TryParse(fingerprint?.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;

    private static string Number(TrainingData data) => data.Train.Count.ToString(CultureInfo.InvariantCulture);

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetCurrentHash())[..16];

    private static void AddNames(IncrementalHash hash, IImageSource source)
    {
        if (source.Digest is { } digest)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(digest));
            return;
        }
        for (int i = 0; i < source.Count; i++) hash.AppendData(Encoding.UTF8.GetBytes($"{source.Name(i)}\0{source.Label(i)}\n"));
    }

    private static void AddMarks(IncrementalHash hash, IImageSource source)
    {
        if (source.Digest is not null) return;          // it stands for them too
        foreach (long mark in source.Marks) hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in mark)));
    }
}
