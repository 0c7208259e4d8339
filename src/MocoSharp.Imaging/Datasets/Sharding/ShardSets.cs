namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>Opens shards: a folder with its <c>shards.json</c>, one tar, or a list in braces.</summary>
internal static class ShardSets
{
    /// <summary>Whether a path is one of these.</summary>
    internal static bool Is(string path) => Directory.Exists(path) ? File.Exists(Path.Join(path, ShardCatalog.FileName))
        : ShardNames.IsList(path) || ShardNames.IsShard(path) && File.Exists(path);

    /// <summary>Opens them.</summary>
    /// <param name="path">A folder's parts are those of its index; a list is one part.</param>
    /// <param name="options">Labels are those in the shards, or none.</param>
    /// <exception cref="ImagingException">MS5300 to MS5304, MS5306, MS5307.</exception>
    internal static DataSplits Open(string path, SourceOptions options)
    {
        if (options.Labels.CsvPath is { } csv)
            throw new ImagingException(ErrorIds.ShardsLack, $"labels are in the shards themselves, and {csv} holds others", path,
                $"make shards of the folder anew: moco shard DIR --labels {csv} -o FOLDER");
        if (options.Modalities.Count > 0)
            throw new ImagingException(ErrorIds.ShardsLack, "data.modalities asks for several pictures a scene, and shards hold one a key",
                path, "learn from the folder of scenes itself");
        bool isLabeled = options.Labels != LabelsFrom.None;
        return Directory.Exists(path) ? OpenFolder(path, isLabeled) : new DataSplits(OpenList(path, isLabeled), null);
    }

    private static DataSplits OpenFolder(string folder, bool isLabeled)
    {
        ShardCatalog catalog = ShardCatalog.In(folder)!;
        HashSet<string> known = [.. catalog.Parts.SelectMany(static part => part.Shards).Select(static shard => shard.File)];
        if (TarsIn(folder).FirstOrDefault(name => !known.Contains(name)) is { } stranger)
            throw new ImagingException(ErrorIds.ShardChanged, $"{stranger} is not in the index of the shards", folder,
                $"move it away, or make the index anew: moco shard {folder} --index --force");
        ShardedSource train = Part(0);
        if (catalog.Parts.Count == 1)
            return new DataSplits(train, null) { Notes = catalog.Notes };
        try
        {
            return DataSplits.Matched(train, Part(1)) with { TrainFolder = "train/", TestFolder = "test/", Notes = catalog.Notes };
        }
        catch
        {
            train.Dispose();
            throw;
        }

        ShardedSource Part(int part) => new(folder, catalog.Parts[part].Shards, catalog.Classes, isLabeled);
    }

    private static ShardedSource OpenList(string list, bool isLabeled)
    {
        (string folder, IReadOnlyList<string> names) = Named(list);
        if (ShardCatalog.In(folder) is not { } catalog)
        {
            ShardScan scan = ShardScan.Run(folder, names, withChecksums: false);
            return new ShardedSource(folder, scan.Facts, scan.Classes, isLabeled, scan.Indices)
            {
                Notes = [.. scan.Notes, $"the headers of {names.Count:N0} shards were read, since they have no index: moco shard '{list}' "
                    + "--index makes one"],
            };
        }
        Dictionary<string, ShardFacts> facts = catalog.Parts.SelectMany(static part => part.Shards)
            .ToDictionary(static shard => shard.File, StringComparer.Ordinal);
        return new ShardedSource(folder, [.. names.Select(name => facts.TryGetValue(name, out ShardFacts? found) ? found
            : throw new ImagingException(File.Exists(Path.Join(folder, name)) ? ErrorIds.ShardChanged : ErrorIds.MissingShard,
                "the index of the shards beside it has no such shard", Path.Join(folder, name),
                $"leave it out of the list, or make the index anew: moco shard {folder} --index --force"))], catalog.Classes, isLabeled);
    }

    /// <summary>The folder and the names of a list.</summary>
    /// <exception cref="ImagingException">MS5300: the list cannot be understood, or is of several folders.</exception>
    internal static (string Folder, IReadOnlyList<string> Names) Named(string list)
    {
        IReadOnlyList<string> paths = ShardNames.Expand(list);
        string folder = Path.GetDirectoryName(paths[0]) is { Length: > 0 } named ? named : ".";
        if (paths.FirstOrDefault(path => Path.GetDirectoryName(path) != Path.GetDirectoryName(paths[0])) is { } other)
            throw new ImagingException(ErrorIds.ShardList, $"it names shards of several folders: {paths[0]} and {other}", list,
                "name the shards of one folder, and other folders by a --data of their own");
        return (folder, [.. paths.Select(static path => Path.GetFileName(path))]);
    }

    /// <summary>The shards of a folder by their names, in ordinal order.</summary>
    internal static IEnumerable<string> TarsIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(static path => Path.GetFileName(path))
                .Where(static name => name[0] != '.' && ShardNames.IsShard(name)).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the folder cannot be read: {error.Message}", folder,
                "make it readable", error);
        }
    }
}
