using MocoSharp.Imaging.Datasets.Packing;
using MocoSharp.Imaging.Datasets.Sharding;

namespace MocoSharp.Imaging.Datasets;

/// <summary>Opens a data set as pictures to train on and, where it has them, pictures to test on.</summary>
public static class DataSets
{

    /// <summary>Opens a data set.</summary>
    /// <param name="path">A folder of pictures; one with <c>train/</c> and <c>test/</c> or <c>val/</c> inside, in upper or lower case and
    /// under their other usual names; or anything else that <see cref="ImageSources"/> opens. Of several test folders the first that has
    /// labels is taken, and the first of all when none has (ImageNet's test part has none, its val part has).
    /// </param>
    /// <param name="options">Where labels come from. A CSV file's paths start at <paramref name="path"/>: "train/a.jpg".</param>
    /// <exception cref="ImagingException">As <see cref="ImageSources.Open"/>.</exception>
    public static DataSplits Open(string path, SourceOptions? options = null)
    {
        options ??= new SourceOptions();
        if (ShardSets.Is(path))
            return ShardSets.Open(path, options);
        if (File.Exists(path) && PackedFile.Is(path))
            return PackedSource.Open(path, options);
        if (!Directory.Exists(path))
            return new DataSplits(ImageSources.Open(path, options), null);
        if (options.Modalities.Count == 0 && ImageSources.OpenBinaries(path) is { } binaries)
            return binaries;
        SplitFolders folders = SplitFolders.Of(path);
        if (folders.Train is not { } learned)
            return new DataSplits(ImageSources.OpenFolder(path, options), null) { Notes = folders.Notes };

        IImageSource train = ImageSources.OpenFolder(Path.Join(path, learned), options, learned + "/");
        if (options.Labels.CsvPath is { } csv && train.Classes.Count == 0)
            throw LabelRows.Read(csv).Any(row => row.File.StartsWith(learned + "/", StringComparison.Ordinal))
                ? new ImagingException(ErrorIds.BadLabelFile, $"no picture below {learned}/ that it names has a label yet", csv,
                    "fill in its column 'label'")
                : new ImagingException(ErrorIds.BadLabelFile, $"no row labels a picture below {learned}/", csv,
                    $"write paths below {path}: {learned}/…");
        IImageSource[] tests = [.. folders.Tests.Select(name => ImageSources.OpenFolder(Path.Join(path, name), options, name + "/"))];
        int tested = Math.Max(0, Array.FindIndex(tests, test => test.Classes.Count > 0));
        DataSplits splits = DataSplits.Matched(train, tests.ElementAtOrDefault(tested));
        return splits with
        {
            Notes = [.. folders.Notes, .. splits.Notes],
            TrainFolder = learned + "/",
            TestFolder = tests.Length == 0 ? "" : folders.Tests[tested] + "/",
        };
    }

    /// <summary>Opens a data set with test pictures from elsewhere.</summary>
    /// <param name="path">Pictures to train on, as above; its own test pictures are left aside.</param>
    /// <param name="testPath">Pictures to test on: what <see cref="ImageSources.Open"/> opens; of a packed file with two parts its test
    /// part.</param>
    /// <param name="options">Where labels come from; a CSV file labels the training pictures, and the test pictures' labels come from their
    /// folders.</param>
    /// <param name="testOptions">Where the test pictures' labels come from; null for what <paramref name="options"/> says.</param>
    /// <exception cref="ImagingException">As the other overload.</exception>
    public static DataSplits Open(string path, string testPath, SourceOptions? options = null, SourceOptions? testOptions = null)
    {
        options ??= new SourceOptions();
        IImageSource test = OpenTest(testPath, testOptions
            ?? (options.Labels.CsvPath is null ? options : options with { Labels = LabelsFrom.Auto }));
        DataSplits splits = Open(path, options);
        splits.Test?.Dispose();
        DataSplits matched = DataSplits.Matched(splits.Train, test);
        return matched with
        {
            Unlabeled = splits.Unlabeled,
            Notes = [.. splits.Notes, .. matched.Notes],
            TrainFolder = splits.TrainFolder,
        };
    }

    private static IImageSource OpenTest(string path, SourceOptions options)
    {
        bool isSharded = ShardSets.Is(path);
        if (!isSharded && (!File.Exists(path) || !PackedFile.Is(path)))
            return ImageSources.Open(path, options);
        DataSplits parts = isSharded ? ShardSets.Open(path, options) : PackedSource.Open(path, options);
        if (parts.Test is not { } test)
            return parts.Train;
        parts.Train.Dispose();
        return test;
    }
}
