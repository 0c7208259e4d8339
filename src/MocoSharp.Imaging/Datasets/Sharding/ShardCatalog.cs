using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>A shard as the catalog knows it.</summary>
/// <param name="File">Its name in the catalog's folder.</param>
/// <param name="Pictures">How many it holds, 1 or more.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Index">The checksum of its index.</param>
internal sealed record ShardFacts(string File, int Pictures, long Bytes, uint Index);

/// <summary>A part of a set of shards.</summary>
/// <param name="Name">train or test.</param>
/// <param name="Shards">1 or more.</param>
internal sealed record ShardPart(string Name, IReadOnlyList<ShardFacts> Shards);

/// <summary><c>shards.json</c>: the shards of a folder with their counts, so that nothing has to be listed or opened to know
/// them.</summary>
/// <param name="Format">Version of the form; 1.</param>
/// <param name="Classes">The classes' names in label order; empty when nothing is labeled.</param>
/// <param name="Parts">One, or one to train on and one to test on.</param>
/// <param name="Notes">What was passed over when shards of others were indexed, a sentence each.</param>
internal sealed record ShardCatalog(int Format, IReadOnlyList<string> Classes, IReadOnlyList<ShardPart> Parts, IReadOnlyList<string> Notes)
{
    /// <summary>The file's name.</summary>
    internal const string FileName = "shards.json";

    private const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions s_form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    internal ShardCatalog(IReadOnlyList<string> classes, IReadOnlyList<ShardPart> parts, IReadOnlyList<string> notes)
        : this(CurrentFormat, classes, parts, notes)
    {
    }

    /// <summary>The catalog of a folder; null where it has none.</summary>
    /// <exception cref="ImagingException">MS5307: it cannot be read or understood.</exception>
    internal static ShardCatalog? In(string folder)
    {
        string path = Path.Join(folder, FileName);
        if (!System.IO.File.Exists(path))
            return null;
        try
        {
            using FileStream file = System.IO.File.OpenRead(path);
            ShardCatalog read = JsonSerializer.Deserialize<ShardCatalog>(file, s_form) ?? throw new JsonException("it is empty");
            if (read.Format != CurrentFormat)
                throw new JsonException($"its format is {read.Format}, and this program reads {CurrentFormat}");
            if (read.Parts.Count is not (1 or 2) || read.Parts.Any(static part => part.Shards.Count == 0
                || part.Shards.Any(static shard => shard.Pictures < 1 || Path.GetFileName(shard.File) != shard.File)))
                throw new JsonException("a part has no shard, or a shard has no picture or lies in another folder");
            return read;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ImagingException(ErrorIds.BadShardIndex, $"the index of the shards cannot be understood: {error.Message}", path,
                $"copy it again, or make it anew: moco shard {folder} --index --force", error);
        }
    }

    /// <summary>The file's content.</summary>
    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, s_form), (byte)'\n'];

    /// <summary>What changes with names, labels and content of some shards, in their order; where they lie plays no part.</summary>
    internal static string DigestOf(IReadOnlyList<string> classes, IEnumerable<ShardFacts> shards)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in classes)
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0"));
        foreach (ShardFacts shard in shards)
            hash.AppendData(Encoding.UTF8.GetBytes($"{shard.Pictures} {shard.Bytes} {shard.Index:x8}\n"));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
