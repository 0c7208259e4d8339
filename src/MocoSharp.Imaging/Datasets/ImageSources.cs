using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Imaging.Datasets.Sharding;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Opens pictures of any known arrangement as one source.</summary>
public static class ImageSources
{
    /// <summary>Opens a folder of pictures, an IDX file (plain or .gz), a CIFAR binary file, a folder that holds the latter
    /// two, a file that <see cref="Packer"/> made, or tar shards: the folder that <see cref="Sharder"/> made, one tar, or a list such as
    /// <c>train-{000000..000009}.tar</c>.</summary>
    /// <param name="path">A folder of pictures is taken whole, sub-folders and all; of a folder with IDX or CIFAR files and of a
    /// packed file the training part is taken.</param>
    /// <param name="options">Where a folder's labels come from; the default looks at its sub-folders.</param>
    /// <returns>A source that the caller disposes of.</returns>
    /// <exception cref="ImagingException">The path is missing, empty, unreadable or not of these kinds; labels cannot be had as
    /// asked.</exception>
    public static IImageSource Open(string path, SourceOptions? options = null)
    {
        options ??= new SourceOptions();
        if (ShardSets.Is(path))
            return ShardSets.Open(path, options).KeepTrain();
        if (Directory.Exists(path))
            return options.Modalities.Count == 0 && OpenBinaries(path) is { } splits ? splits.KeepTrain() : OpenFolder(path, options);
        if (!File.Exists(path))
            throw new ImagingException(ErrorIds.MissingPath, "there is no such file or folder", path,
                "check the path; it is relative to the current folder");
        if (!RegularFile.Is(path))
            throw new ImagingException(ErrorIds.UnreadableDataSet, "this is a pipe, a device or a socket, not a file", path,
                "give a folder of pictures, or a file on a disk");
        if (ForeignFile.Explain(path) is { } foreign)
            throw foreign;
        if (PackedFile.Is(path))
            return PackedSource.Open(path, options).KeepTrain();
        return IsIdx(path) ? IdxSource.Open(path) : CifarSource.Open([path], CifarFiles.KindOf(path));
    }

    /// <summary>A folder of pictures, or of scenes with several pictures each.</summary>
    internal static IImageSource OpenFolder(string path, SourceOptions options, string split = "") =>
        options.Modalities.Count == 0 ? FolderSource.Open(path, options, split) : PairedSource.Open(path, options, split);

    /// <summary>The IDX or CIFAR files of a folder; null when it holds none.</summary>
    internal static DataSplits? OpenBinaries(string folder)
    {
        try
        {
            (CifarKind? kind, string[] train, string[] test) = CifarFiles.In(folder);
            if (kind is not null)
                return Pair(train, test, paths => paths.Length == 0 ? null : CifarSource.Open(paths, kind));
            if (Stl10Source.In(folder) is { } stl)
                return stl;
            (string? trainImages, string? testImages) = IdxFiles.In(folder);
            return trainImages is null && testImages is null ? null
                : Pair(trainImages, testImages, path => path is null ? null : IdxSource.Open(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the folder cannot be read: {error.Message}", folder,
                "make it readable", error);
        }
    }

    // A folder with nothing but the test part is taken for what it is: pictures to look at.
    private static DataSplits Pair<T>(T train, T test, Func<T, IImageSource?> open)
    {
        IImageSource? first = open(train);
        if (first is null)
            return new DataSplits(open(test)!, null);
        IImageSource? second;
        try
        {
            second = open(test);
        }
        catch
        {
            first.Dispose();
            throw;
        }
        return DataSplits.Matched(first, second);
    }

    private static bool IsIdx(string path)
    {
        if (Path.GetFileName(path).Contains("idx", StringComparison.Ordinal))
            return true;
        using RecordFile file = RecordFile.OpenPacked(path, IdxSource.ClaimedLength);
        Span<byte> start = stackalloc byte[3];
        if (file.Length < 16)
            return false;
        file.Read(0, start);
        return start is [0, 0, 8] && file.Length % 3073 != 0 && file.Length % 3074 != 0;
    }
}
