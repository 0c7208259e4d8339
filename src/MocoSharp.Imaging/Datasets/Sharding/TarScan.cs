using System.Formats.Tar;
using System.Text.Json;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>What reading one shard's headers finds.</summary>
/// <param name="Index">The pictures.</param>
/// <param name="Labels">What each picture's <c>.json</c> or <c>.cls</c> member says of its class; null where there is none.</param>
/// <param name="Others">Members that are neither a picture nor a label nor a description: not read.</param>
/// <param name="Keyless">Keys without a picture: passed over.</param>
internal sealed record TarFindings(ShardIndex Index, IReadOnlyList<string?> Labels, int Others, int Keyless);

/// <summary>Reads the headers of a shard that has no index. A sample is what has the same name up to its first dot, member after
/// member, as WebDataset has it.</summary>
internal static class TarScan
{
    private const int MostDescription = 1 << 16, Block = 512;

    /// <summary>Reads a shard.</summary>
    /// <param name="path">The shard.</param>
    /// <param name="withChecksums">Whether the pictures are read too, for their checksums.</param>
    /// <exception cref="ImagingException">MS5301: it is not there. MS5303: it is empty, cut short, compressed or no tar, or holds no
    /// picture. MS5304: a member's name leads out of the shard, or a key's members contradict each other.</exception>
    internal static TarFindings Run(string path, bool withChecksums)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            CheckStart(file, path);
            Samples samples = new(path);
            using TarReader reader = new(file, leaveOpen: true);
            long end = 0;
            while (reader.GetNextEntry() is { } entry)
            {
                end = entry.DataOffset + (entry.Length + Block - 1) / Block * Block;
                if (entry.Length < 0 || entry.DataOffset + entry.Length > file.Length)
                    throw Short(path, $"member {entry.Name} ends at byte {entry.DataOffset + entry.Length:N0}", file.Length);
                Add(samples, entry, withChecksums);
            }
            if (end + Block > file.Length)
                throw Short(path, $"the archive's end mark is missing behind byte {end:N0}", file.Length);
            return samples.Findings(file.Length, withChecksums);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImagingException(ErrorIds.MissingShard, "there is no such shard", path,
                "copy it there, or leave it out of the list", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new ImagingException(ErrorIds.BadShard, $"the shard cannot be read: {error.Message}", path, "copy it again", error);
        }
    }

    private static void CheckStart(FileStream file, string path)
    {
        if (file.Length == 0)
            throw new ImagingException(ErrorIds.BadShard, "the shard is an empty file", path, "copy it again, or leave it out of the list");
        Span<byte> start = stackalloc byte[2];
        file.ReadExactly(start);
        file.Position = 0;
        if (start is [0x1F, 0x8B])
            throw new ImagingException(ErrorIds.BadShard, "the shard is compressed, and pictures in it cannot be found by their place",
                path, "unpack it: gunzip FILE; pictures themselves are compressed already");
    }

    private static void Add(Samples samples, TarEntry entry, bool withChecksums)
    {
        if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes)
            return;
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
        {
            samples.AddOther();
            return;
        }
        string name = samples.Checked(entry.Name);
        int folder = name.LastIndexOf('/') + 1, dot = name.IndexOf('.', folder);
        (string key, string kind) = dot < 0 ? (name, "") : (name[..dot], name[dot..].ToLowerInvariant());
        samples.Begin(key, kind);
        if (FolderScan.Extensions.Contains(kind, StringComparer.Ordinal))
            samples.AddPicture(name, new ShardEntry(entry.DataOffset, checked((uint)entry.Length), -1,
                withChecksums ? Checksum.Of(Content(entry)) : 0, 0));
        else if (kind == ".cls" && entry.Length <= MostDescription)
            samples.SetLabel(System.Text.Encoding.UTF8.GetString(Content(entry)).Trim());
        else if (kind == ".json" && entry.Length <= MostDescription)
            Describe(samples, Content(entry));
        else
            samples.AddOther();
    }

    private static byte[] Content(TarEntry entry)
    {
        byte[] content = new byte[entry.Length];
        entry.DataStream?.ReadExactly(content);
        return content;
    }

    // other programs' descriptions are of any form: what is understood is taken
    private static void Describe(Samples samples, byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                samples.SetDescription(Text(document.RootElement, "file"), Text(document.RootElement, "class"));
        }
        catch (JsonException)
        {
            samples.AddOther();
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ImagingException Short(string path, string what, long length) => new(ErrorIds.BadShard,
        $"the shard is cut short: {what}, and the file has {length:N0} bytes", path, "copy it again");

    /// <summary>The samples of one shard, member after member.</summary>
    private sealed class Samples(string path)
    {
        private readonly List<(ShardEntry Entry, string Name)> _pictures = [];
        private readonly List<string?> _labels = [];
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal), _kinds = new(StringComparer.Ordinal);
        private string? _key, _name, _file, _label, _class;
        private ShardEntry? _picture;
        private int _others, _keyless;

        internal void AddOther() => _others++;

        internal void SetLabel(string label) => _label = label;

        internal void SetDescription(string? file, string? label) => (_file, _class) = (file, label);

        /// <summary>A member's name, if it is one that stays inside of the shard.</summary>
        internal string Checked(string name)
        {
            string plain = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
            return plain.Length > 0 && plain[0] != '/' && !plain.Any(char.IsControl) && !plain.Split('/').Contains("..") ? plain
                : throw Bad($"member '{string.Concat(name.Select(static c => char.IsControl(c) ? '?' : c))}' leads out of the shard, or "
                    + "has control characters in its name", "make the shard anew with names below one folder");
        }

        internal void Begin(string key, string kind)
        {
            if (key != _key)
            {
                End();
                (_key, _name, _file, _label, _class, _picture) = (key, null, null, null, null, null);
                _kinds.Clear();
                if (!_keys.Add(key))
                    throw Bad($"the members of key '{key}' do not lie together",
                        "make the shard anew, sorted: tar --sort=name -cf SHARD …");
            }
            if (!_kinds.Add(kind))
                throw Bad($"key '{key}' has two members {kind}", "give each picture a key of its own");
        }

        internal void AddPicture(string name, ShardEntry entry)
        {
            if (_picture is not null)
                throw Bad($"key '{_key}' has two pictures: {_name} and {name}", "give each picture a key of its own");
            (_name, _picture) = (name, entry);
        }

        internal TarFindings Findings(long length, bool withChecksums)
        {
            End();
            if (_pictures.Count == 0)
                throw new ImagingException(ErrorIds.BadShard, $"the shard holds no picture, and {_others} other members", path,
                    "leave it out of the list");
            return new TarFindings(ShardIndex.Of(_pictures, length, withChecksums), _labels, _others, _keyless);
        }

        private void End()
        {
            if (_key is null)
                return;
            if (_picture is not { } picture)
            {
                _keyless++;
                return;
            }
            _pictures.Add((picture, _file ?? $"{Path.GetFileName(path)}/{_name}"));
            _labels.Add(_class ?? _label);
        }

        private ImagingException Bad(string what, string fix) => new(ErrorIds.BadShardMember, what, path, fix);
    }
}
