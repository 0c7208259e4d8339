using Microsoft.Win32.SafeHandles;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets.Packing;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>The pictures of some shards, in the shards' order, each read by its place. Memory grows with the number of shards and not with
/// that of pictures.</summary>
internal sealed class ShardedSource : IImageSource, IPictureFiles
{
    private readonly string _folder;
    private readonly IReadOnlyList<ShardFacts> _shards;
    private readonly IReadOnlyList<ShardIndex>? _scanned;
    private readonly int[] _starts;
    private readonly bool _isLabeled;
    private readonly OpenShards _open;

    /// <param name="folder">Where the shards lie.</param>
    /// <param name="shards">1 or more.</param>
    /// <param name="classes">The classes' names in label order.</param>
    /// <param name="isLabeled">Whether labels are given out.</param>
    /// <param name="scanned">The shards' indices where their headers were read; null where each has a file.</param>
    /// <exception cref="ImagingException">MS5300: there are more pictures than can be counted. MS5301: a shard is missing. MS5302: one has
    /// another length than the catalog says.</exception>
    internal ShardedSource(string folder, IReadOnlyList<ShardFacts> shards, IReadOnlyList<string> classes, bool isLabeled,
        IReadOnlyList<ShardIndex>? scanned = null)
    {
        (_folder, _shards, _scanned, _isLabeled) = (folder, shards, scanned, isLabeled);
        Classes = isLabeled ? classes : [];
        _starts = new int[shards.Count];
        long count = 0;
        for (int i = 0; i < _starts.Length; i++)
        {
            CheckLength(shards[i]);
            _starts[i] = (int)Math.Min(count, int.MaxValue);
            count += shards[i].Pictures;
        }
        if (count > int.MaxValue)
            throw new ImagingException(ErrorIds.ShardList, $"the shards hold {count:N0} pictures, and {int.MaxValue:N0} is the most",
                folder, "learn from a part of them: name fewer shards in braces");
        Count = (int)count;
        Digest = ShardCatalog.DigestOf(Classes, shards);
        _open = new OpenShards(Open);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<long> Marks => Enumerable.Range(0, Count).Select(index => With(index, static (shard, picture) =>
        (long)(shard.Index.HasChecksums ? shard.Index.Entry(picture).Checksum : shard.Index.Entry(picture).Length)));

    /// <inheritdoc/>
    public IReadOnlyList<int> Blocks => [.. _shards.Select(static shard => shard.Pictures)];

    /// <inheritdoc/>
    public string? Digest { get; }

    /// <inheritdoc/>
    public string Name(int index) => With(index, static (shard, picture) => shard.Index.Name(picture));

    /// <inheritdoc/>
    public int Label(int index) => _isLabeled ? With(index, static (shard, picture) => shard.Index.Entry(picture).Label) : -1;

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request) => Decode(index, request, memory: null);

    /// <inheritdoc/>
    public Image Load(int index, DecodeRequest request, ImageMemory memory) => Decode(index, request, memory);

    /// <inheritdoc/>
    public PooledFile Read(int index) => With(index, static (shard, picture) => Content(shard, picture));

    /// <inheritdoc/>
    public void Announce(int index)
    {
        try
        {
            _ = With(index, static (shard, picture) =>
            {
                ShardEntry entry = shard.Index.Entry(picture);
                Readahead.Ask(shard.File, entry.At, entry.Length);
                return true;
            });
        }
        catch (ImagingException)
        {
            // whoever loads it says so
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();

    private Image Decode(int index, DecodeRequest request, ImageMemory? memory)
    {
        using PooledFile file = Read(index);
        return ImageDecoder.Decode(file.Bytes, request, Name(index), memory);
    }

    private static PooledFile Content(OpenShard shard, int picture)
    {
        ShardEntry entry = shard.Index.Entry(picture);
        string Told() => $"{shard.Path}: {shard.Index.Name(picture)}";
        PooledFile file = PooledFile.Read(shard.File, entry.At, entry.Length, Told);
        if (!shard.Index.HasChecksums || Checksum.Of(file.Bytes) == entry.Checksum)
            return file;
        file.Dispose();
        throw new BadImageException(ErrorIds.ShardChecksum, "the picture is not the one that the shard's index knows: its checksum differs",
            Told(), "copy the shard again, or make the index anew");
    }

    private T With<T>(int index, Func<OpenShard, int, T> read)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int number = Array.BinarySearch(_starts, index);
        number = number < 0 ? ~number - 1 : number;
        OpenShard shard = _open.Rent(number);
        try
        {
            return read(shard, index - _starts[number]);
        }
        finally
        {
            _open.Return(shard);
        }
    }

    private OpenShard Open(int number)
    {
        ShardFacts facts = _shards[number];
        string path = Path.Join(_folder, facts.File);
        CheckLength(facts);
        ShardIndex index = _scanned?[number] ?? ShardIndex.Read(Path.ChangeExtension(path, ShardIndex.Extension));
        if (index.Checksum != facts.Index || index.Count != facts.Pictures || index.ShardBytes != facts.Bytes)
            throw Changed(path, "its index is not the one that the list of shards was made with");
        try
        {
            SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete, options: FileOptions.RandomAccess);
            return new OpenShard(path, file, index);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.MissingShard, $"the shard cannot be opened: {error.Message}", path,
                "make it readable, or copy it again", error);
        }
    }

    private void CheckLength(ShardFacts facts)
    {
        string path = Path.Join(_folder, facts.File);
        long length = FolderSource.LengthOf(path);
        if (length < 0)
            throw new ImagingException(ErrorIds.MissingShard, "there is no such shard", path, "copy it there, or leave it out of the list");
        if (length != facts.Bytes)
            throw Changed(path, $"it has {length:N0} bytes, and the index says {facts.Bytes:N0}");
    }

    private ImagingException Changed(string path, string how) => new(ErrorIds.ShardChanged, $"the shard has changed: {how}", path,
        $"copy it again, or make the index anew: moco shard {_folder} --index --force");
}
