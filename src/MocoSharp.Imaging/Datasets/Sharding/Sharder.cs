using System.Runtime.ExceptionServices;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Imaging.Loading;

namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>Puts a data set's pictures into tar shards as WebDataset reads them, and indexes shards that others made. The same data set and
/// options give the same bytes.</summary>
/// <remarks>A picture gets the members <c>KEY.jpg</c> (its file as it is; what is no file by itself becomes a PNG), <c>KEY.json</c> with
/// its name and class, and, where it is labeled, <c>KEY.cls</c> with the label's number. The pictures of a part are shuffled once, so that
/// programs which read shards one after the other see no class by itself.</remarks>
public static class Sharder
{
    private const int Chunk = 64;
    private const ulong Seed = 1;

    /// <summary>Makes shards.</summary>
    /// <param name="splits">The pictures; those to train on become <c>train-000000.tar</c> …, those to test on
    /// <c>test-000000.tar</c> ….</param>
    /// <param name="folder">Gets the shards, an index beside each, and <c>shards.json</c>.</param>
    /// <param name="options">Where a shard ends.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="replace">Whether shards that are there may be replaced; other files are never touched.</param>
    /// <param name="cancel">Stops between pictures; shards that are complete stay, without <c>shards.json</c>.</param>
    /// <exception cref="ImagingException">MS5305: the folder holds shards already, or cannot be written. MS3203: too many files are of no
    /// known format.</exception>
    public static ShardResult Run(DataSplits splits, string folder, ShardOptions options, Action<ShardProgress>? progress = null,
        bool replace = false, CancellationToken cancel = default)
    {
        options.Check();
        (string Name, IImageSource? Source)[] parts = [("train", splits.Train), ("test", splits.Test)];
        if (splits.Unlabeled is { } unlabeled)
            throw new ImagingException(ErrorIds.CannotShard,
                $"the data set keeps {unlabeled.Count:N0} unlabeled pictures apart, and shards have no place for them",
                fix: "learn from the data set as it is: its own files are read as fast");
        int total = checked(splits.Train.Count + (splits.Test?.Count ?? 0));
        List<string> leftOut = [];
        List<ShardPart> made = [];
        try
        {
            Prepare(folder, replace);
            long bytes = 0;
            int done = 0;
            foreach ((string name, IImageSource? source) in parts)
            {
                if (source is null)
                    continue;
                using ShardWriter writer = new(folder, name, options);
                foreach (ShardPicture? picture in Pictures(source, leftOut))
                {
                    cancel.ThrowIfCancellationRequested();
                    if (picture is not null)
                        writer.Add(picture);
                    if (++done % Chunk == 0 || done == total)
                        progress?.Invoke(new ShardProgress(done, total, bytes + writer.Bytes));
                }
                CheckShare(leftOut, total, options);
                writer.Finish();
                bytes += writer.Bytes;
                if (writer.Shards.Count > 0)
                    made.Add(new ShardPart(name, writer.Shards));
            }
            WholeFile.Write(Path.Join(folder, ShardCatalog.FileName), new ShardCatalog(splits.Train.Classes, made, []).ToBytes());
            ShardFacts[] shards = [.. made.SelectMany(static part => part.Shards)];
            return new ShardResult(shards.Length, shards.Sum(static shard => (long)shard.Pictures), bytes, leftOut, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.CannotShard, $"the shards cannot be written: {error.Message}", folder,
                "make room, or choose another folder", error);
        }
    }

    /// <summary>Writes the index of shards that are there, and a checksum of each picture in it; the shards stay as they are.</summary>
    /// <param name="path">A folder of tars, one tar, or a list in braces. Of a folder, shards whose name begins with that of a part to test
    /// on (<c>val-0.tar</c>) become that part, where there are others.</param>
    /// <param name="progress">Told after each shard, from any thread.</param>
    /// <param name="replace">Whether an index that is there may be replaced.</param>
    /// <param name="cancel">Stops between shards; nothing is written then.</param>
    /// <exception cref="ImagingException">MS5305: there is an index already. MS5300 to MS5304: as the shards are read.</exception>
    public static ShardResult Index(string path, Action<ShardProgress>? progress = null, bool replace = false,
        CancellationToken cancel = default)
    {
        (string folder, IReadOnlyList<string> names) = Directory.Exists(path) ? (path, [.. ShardSets.TarsIn(path)]) : ShardSets.Named(path);
        if (names.Count == 0)
            throw new ImagingException(ErrorIds.MissingShard, "the folder holds no .tar", path,
                "give the folder of the shards, or leave --index out to make some");
        if (!replace && File.Exists(Path.Join(folder, ShardCatalog.FileName)))
            throw new ImagingException(ErrorIds.CannotShard, $"there is an index already: {ShardCatalog.FileName}", folder,
                "allow to replace it: --force");
        ShardScan scan = ShardScan.Run(folder, names, withChecksums: true,
            done => progress?.Invoke(new ShardProgress(done, names.Count, 0)), cancel);
        ShardFacts[] tests = [.. scan.Facts.Where(static shard => SplitNames.Test.Any(name =>
            shard.File.StartsWith(name + "-", StringComparison.OrdinalIgnoreCase)
            || shard.File.StartsWith(name + "_", StringComparison.OrdinalIgnoreCase)))];
        ShardPart[] parts = tests.Length == 0 || tests.Length == scan.Facts.Count ? [new ShardPart("train", scan.Facts)]
            : [new ShardPart("train", [.. scan.Facts.Except(tests)]), new ShardPart("test", tests)];
        try
        {
            for (int i = 0; i < names.Count; i++)
                WholeFile.Write(Path.Join(folder, Path.ChangeExtension(names[i], ShardIndex.Extension)), scan.Indices[i].ToBytes());
            WholeFile.Write(Path.Join(folder, ShardCatalog.FileName), new ShardCatalog(scan.Classes, parts, scan.Notes).ToBytes());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.CannotShard, $"the index cannot be written: {error.Message}", folder,
                "make room, or make the folder writable", error);
        }
        return new ShardResult(names.Count, scan.Facts.Sum(static shard => (long)shard.Pictures),
            scan.Facts.Sum(static shard => shard.Bytes), [], scan.Notes);
    }

    private static void Prepare(string folder, bool replace)
    {
        if (NewFile.Obstacle(Path.Join(folder, ShardCatalog.FileName)) is { } obstacle)
            throw new ImagingException(ErrorIds.CannotShard, $"shards cannot be written there: {obstacle}", folder,
                "choose another folder");
        Directory.CreateDirectory(folder);
        string catalog = Path.Join(folder, ShardCatalog.FileName);
        string[] old = [.. ShardSets.TarsIn(folder).Select(name => Path.Join(folder, name))];
        if (!replace && (old.Length > 0 || File.Exists(catalog)))
            throw new ImagingException(ErrorIds.CannotShard, $"the folder holds {old.Length:N0} shards already", folder,
                "choose another folder, or allow to replace them: --force");
        File.Delete(catalog);               // first: without it the folder is no set of shards
        foreach (string shard in old)
        {
            File.Delete(Path.ChangeExtension(shard, ShardIndex.Extension));
            File.Delete(shard);
        }
    }

    private static IEnumerable<ShardPicture?> Pictures(IImageSource source, List<string> leftOut)
    {
        int[] order = [.. Enumerable.Range(0, source.Count)];
        Rng.For(Seed).Shuffle(order.AsSpan());
        foreach (int[] chunk in order.Chunk(Chunk))
        {
            (ShardPicture? Picture, string? Bad)[] read = new (ShardPicture?, string?)[chunk.Length];
            try
            {
                Parallel.For(0, chunk.Length, i => read[i] = One(source, chunk[i]));
            }
            catch (AggregateException errors)
            {
                ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
            }
            foreach ((ShardPicture? picture, string? bad) in read)
            {
                if (bad is not null)
                    leftOut.Add(bad);
                yield return picture;
            }
        }
    }

    private static (ShardPicture?, string?) One(IImageSource source, int index)
    {
        string name = source.Name(index);
        try
        {
            int label = source.Label(index);
            (string kind, byte[] bytes) = Content(source, index, name);
            return (new ShardPicture(name, label, label < 0 ? null : source.Classes[label], kind, bytes), null);
        }
        catch (BadImageException bad)
        {
            return (null, $"{name}: {bad.Message}");
        }
    }

    private static (string Kind, byte[] Bytes) Content(IImageSource source, int index, string name)
    {
        if (source is not IPictureFiles files)
            return ("png", ImageEncoder.Png(source.Load(index, new DecodeRequest())));
        using PooledFile file = files.Read(index);
        string kind = FormatSniffer.Find(file.Bytes, name) switch
        {
            ImageFormat.Jpeg => "jpg",
            ImageFormat.Tiff => "tif",
            ImageFormat.JpegXl => "jxl",
            ImageFormat.Jpeg2000 => "jp2",
            ImageFormat format => format.ToString().ToLowerInvariant(),
        };
        return (kind, file.Bytes.ToArray());
    }

    private static void CheckShare(List<string> bad, int total, ShardOptions options)
    {
        if (bad.Count > BadImages.Allowed(total, options.MaximumBadShare) || bad.Count == total)
            throw new ImagingException(ErrorIds.TooManyBadPictures,
                $"{bad.Count} of {total} files are no pictures: {string.Join("; ", bad.Take(5))}", bad[0].Split(": ")[0],
                "fix or remove the named files, or allow more: --bad-share 0.1");
    }
}
