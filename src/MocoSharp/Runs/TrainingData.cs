using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;

namespace MocoSharp.Runs;

/// <summary>The pictures of a run, and where they came from.</summary>
/// <param name="Train">What is learned from; labels are not needed.</param>
/// <param name="Test">What the kNN test asks about; null where nothing is labeled.</param>
/// <param name="Paths">The folders or files, whole paths, to find them again.</param>
/// <param name="TestPath">Where the test pictures are when they are not beside the training pictures.</param>
/// <param name="Labels">Where labels come from.</param>
public sealed record TrainingData(IImageSource Train, IImageSource? Test, IReadOnlyList<string> Paths, string? TestPath = null,
    LabelsFrom? Labels = null) : IDisposable
{
    /// <summary>Where labels are, where there are any; tests and probes learn from it. Mostly <see cref="Train"/> itself; the first path's
    /// part of it where there are several, and the labeled pictures of a data set that keeps them apart.</summary>
    public IImageSource Labeled { get; init; } = Train;

    /// <summary>Whether <see cref="Labeled"/> is a source of its own, to be closed too, and no part of <see cref="Train"/>.</summary>
    public bool IsApart { get; init; }

    /// <inheritdoc cref="Open(IReadOnlyList{string}, string?, DataSettings, LabelsFrom?, LabelsFrom?)"/>
    /// <param name="path">A folder as it is, one with <c>train/</c> and <c>test/</c>, <c>val/</c> or <c>valid/</c> inside, or IDX or CIFAR
    /// files.</param>
    /// <param name="testPath">Other test pictures than those beside the training pictures; null for these.</param>
    /// <param name="settings">How pictures are read.</param>
    /// <param name="labels">Where labels come from.</param>
    public static TrainingData Open(string path, string? testPath, DataSettings settings, LabelsFrom? labels = null) =>
        Open([path], testPath, settings, labels);

    /// <summary>Opens pictures and keeps them decoded in memory as far as the recipe allows.</summary>
    /// <param name="paths">One or more, each a folder as it is, one with <c>train/</c> and <c>test/</c>, <c>val/</c> or <c>valid/</c>
    /// inside, or IDX or CIFAR files. Labels and test pictures are the first one's; of the others only the training pictures are taken,
    /// without labels.</param>
    /// <param name="testPath">Other test pictures than those beside the first path's training pictures; null for these.</param>
    /// <param name="settings">How pictures are read.</param>
    /// <param name="labels">Where the first path's labels come from.</param>
    /// <param name="testLabels">Where the labels of <paramref name="testPath"/> come from; null for its folders.</param>
    public static TrainingData Open(IReadOnlyList<string> paths, string? testPath, DataSettings settings, LabelsFrom? labels = null,
        LabelsFrom? testLabels = null)
    {
        SourceOptions options = new() { Labels = labels ?? LabelsFrom.Auto, Modalities = settings.Modalities };
        SourceOptions? testOptions = testLabels is null ? null : options with { Labels = testLabels };
        DataSplits splits = testPath is null ? DataSets.Open(paths[0], options) : DataSets.Open(paths[0], testPath, options, testOptions);
        settings = settings.For(splits.Train);
        CacheBudget budget = new((long)settings.CacheMegabytes << 20);          // one for all of the run's sources
        IImageSource Cached(IImageSource source, int shorterSide = 0) =>
            budget.Bytes == 0 ? source : new MemoryCachedSource(source, settings.Request() with { ShorterSide = shorterSide }, budget);
        try
        {
            int labeled = splits.Train.Count;
            string? test = testPath is null ? null : Path.GetFullPath(testPath);
            IImageSource? testing = splits.Test is null ? null : Cached(splits.Test);
            if (splits.Unlabeled is { } unlabeled)
            {
                IImageSource all = paths.Count == 1 ? unlabeled
                    : new JoinedSource([unlabeled, .. paths.Skip(1).Select(path => Unlabeled(path, settings))]);
                return new TrainingData(Cached(all, settings.DecodeShorterSide), testing, [.. paths.Select(Path.GetFullPath)], test,
                    options.Labels)
                {
                    Labeled = Cached(splits.Train),
                    IsApart = true,
                    TestLabels = testLabels,
                    Reading = settings,
                    TrainFolder = splits.TrainFolder,
                    TestFolder = splits.TestFolder,
                };
            }
            IImageSource pictures = paths.Count == 1 ? splits.Train
                : new JoinedSource([splits.Train, .. paths.Skip(1).Select(path => Unlabeled(path, settings))]),
                train = Cached(pictures, settings.DecodeShorterSide);
            return new TrainingData(train, testing, [.. paths.Select(Path.GetFullPath)], test, options.Labels)
            {
                Labeled = paths.Count == 1 ? train : train.Take([.. Enumerable.Range(0, labeled)]),
                TestLabels = testLabels,
                Reading = settings,
                TrainFolder = splits.TrainFolder,
                TestFolder = splits.TestFolder,
                Notes = [.. splits.Notes, .. pictures.Notes, .. ReadingNotes.Of(splits.Train, settings), .. (splits.Test?.Notes ?? [])
                    .Select(static note => $"of the test pictures: {note}")],
            };
        }
        catch
        {
            splits.Dispose();
            throw;
        }
    }

    /// <summary>How they are read: with the set's range in numbers, where a recipe asks for that; null where that is not known.</summary>
    public DataSettings? Reading { get; init; }

    /// <summary>What stands before the names of <see cref="Labeled"/> in the whole data set, such as <c>train/</c>; empty where they need
    /// nothing.</summary>
    public string TrainFolder { get; init; } = "";

    /// <summary>The same for <see cref="Test"/>; empty where test pictures have a path of their own.</summary>
    public string TestFolder { get; init; } = "";

    /// <summary>Where the test pictures' labels come from, where they have a file of their own.</summary>
    public LabelsFrom? TestLabels { get; init; }

    /// <summary>What people should know of the pictures, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether a kNN test is possible.</summary>
    public bool CanTest => WhyNoTest is null;

    /// <summary>Why no kNN test is possible; null where it is.</summary>
    public string? WhyNoTest => Labeled.Classes.Count == 0 ? Labels?.CsvPath is { } csv
            ? $"no picture to learn from that {csv} names has a label yet" : "the pictures to learn from have no labels"
        : Labeled.Classes.Count == 1 ? $"there is one class, {Labeled.Classes[0]}, so that nothing can be told apart"
        : Test is null ? "there are no pictures to test on: add a folder test/ or val/ beside train/, or name one with --test"
        : Test.Classes.Count == 0 ? "the pictures to test on have no labels"
        : null;

    /// <summary>A text that changes when a picture's name, label, place or file's length does, and with the checksum that a packed file
    /// holds.</summary>
    /// <returns>The number of pictures, the form's version and a hash, with '-' between.</returns>
    public string Fingerprint() => DataFingerprint.Of(this);

    /// <summary>Closes the sources.</summary>
    public void Dispose()
    {
        Train.Dispose();
        if (IsApart) Labeled.Dispose();
        Test?.Dispose();
    }

    private static IImageSource Unlabeled(string path, DataSettings settings)
    {
        DataSplits splits = DataSets.Open(path, new SourceOptions { Labels = LabelsFrom.None, Modalities = settings.Modalities });
        splits.Test?.Dispose();
        return splits.Train;
    }
}
