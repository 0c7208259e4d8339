using System.Formats.Tar;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>A picture on its way into a shard.</summary>
/// <param name="File">Its name below the data set.</param>
/// <param name="Label">Its label, or −1.</param>
/// <param name="Class">What the label is called; null where it has none.</param>
/// <param name="Kind">The member's ending: jpg.</param>
/// <param name="Bytes">The file.</param>
internal sealed record ShardPicture(string File, int Label, string? Class, string Kind, byte[] Bytes);

/// <summary>Writes the shards of one part, one after the other. Nothing in them tells when or by whom they were made, so that the same
/// pictures give the same bytes. A shard has its name once it is on the disk, and so has its index.</summary>
internal sealed class ShardWriter : IDisposable
{
    private const string Partial = ".partial";

    private static readonly JsonSerializerOptions s_plain = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly string _folder, _part;
    private readonly ShardOptions _options;
    private readonly List<ShardFacts> _shards = [];
    private readonly List<(ShardEntry Entry, string Name)> _pictures = [];
    private FileStream? _file;
    private TarWriter? _tar;
    private long _number;

    internal ShardWriter(string folder, string part, ShardOptions options) => (_folder, _part, _options) = (folder, part, options);

    /// <summary>The shards that are complete.</summary>
    internal IReadOnlyList<ShardFacts> Shards => _shards;

    /// <summary>Bytes written.</summary>
    internal long Bytes => _shards.Sum(static shard => shard.Bytes) + (_file?.Position ?? 0);

    internal void Add(ShardPicture picture)
    {
        if (_tar is null || IsFull(picture))
            Next();
        string key = (_number++).ToString("D9", CultureInfo.InvariantCulture);
        long at = Member($"{key}.{picture.Kind}", picture.Bytes);
        if (picture.Label >= 0)
            Member($"{key}.cls", System.Text.Encoding.UTF8.GetBytes(picture.Label.ToString(CultureInfo.InvariantCulture)));
        Member($"{key}.json", picture.Class is null ? JsonSerializer.SerializeToUtf8Bytes(new { picture.File }, s_plain)
            : JsonSerializer.SerializeToUtf8Bytes(new { picture.File, picture.Class }, s_plain));
        _pictures.Add((new ShardEntry(at, (uint)picture.Bytes.Length, picture.Label, Checksum.Of(picture.Bytes), 0), picture.File));
    }

    /// <summary>Completes the last shard.</summary>
    internal void Finish()
    {
        if (_tar is null)
            return;
        _tar.Dispose();                     // writes the end mark
        _tar = null;
        _file!.Flush(flushToDisk: true);
        long length = _file.Length;
        _file.Dispose();
        _file = null;
        ShardIndex index = ShardIndex.Of(_pictures, length, hasChecksums: true);
        _pictures.Clear();
        string name = NameOf(_part, _shards.Count), path = Path.Join(_folder, name);
        WholeFile.Write(Path.ChangeExtension(path, ShardIndex.Extension), index.ToBytes());
        File.Move(path + Partial, path, overwrite: true);
        _shards.Add(new ShardFacts(name, index.Count, length, index.Checksum));
    }

    /// <summary>What a shard is called: train-000012.tar.</summary>
    internal static string NameOf(string part, int number) =>
        $"{part}-{number.ToString("D6", CultureInfo.InvariantCulture)}{ShardNames.Extension}";

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file is not { } unfinished)
            return;
        unfinished.Dispose();
        File.Delete(unfinished.Name);
    }

    private bool IsFull(ShardPicture picture) => _options.Count > 0 ? _pictures.Count >= _options.Count
        : _file!.Position + picture.Bytes.Length > _options.Megabytes * 1_000_000L;

    private void Next()
    {
        Finish();
        string path = Path.Join(_folder, NameOf(_part, _shards.Count)) + Partial;
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 20);
        _tar = new TarWriter(_file, TarEntryFormat.Ustar, leaveOpen: true);
    }

    /// <returns>Where the content begins.</returns>
    private long Member(string name, byte[] content)
    {
        const int Header = 512;
        long at = _file!.Position + Header;
        using MemoryStream data = new(content, writable: false);
        _tar!.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            DataStream = data,
        });
        return at;
    }
}

/// <summary>Small files that are there as a whole or not at all.</summary>
internal static class WholeFile
{
    internal static void Write(string path, byte[] content)
    {
        string partial = path + ".partial";
        using (FileStream file = new(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
    }
}
