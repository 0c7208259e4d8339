namespace MocoSharp.Imaging.Datasets;

/// <summary>The parts of a data set that lie in folders of their own, found by the names that people give them.</summary>
/// <param name="Train">The folder to learn from; null where there is none, and the root is taken whole.</param>
/// <param name="Tests">Folders to test on, the likeliest first.</param>
/// <param name="Notes">What people should know of the other folders.</param>
internal sealed record SplitFolders(string? Train, IReadOnlyList<string> Tests, IReadOnlyList<string> Notes)
{
    private const int Looked = 1000;

    /// <exception cref="ImagingException">The folder cannot be read.</exception>
    internal static SplitFolders Of(string root)
    {
        string[] folders = Names(root);
        string[] trains = Known(folders, SplitNames.Train), called = Known(folders, SplitNames.Test);
        string[] tests = [.. called.Where(folder => HoldsPictures(Path.Join(root, folder), int.MaxValue))],
            empty = [.. called.Except(tests)];
        if (trains.Length == 0)
            return new SplitFolders(null, [], tests.Length == 0 || folders.Length < 2 ? [] :
                [$"{Listed(tests)} {(tests.Length == 1 ? "is" : "are")} learned from like every other folder, since no folder is called "
                + $"train: rename the folder to learn from to train, to keep {(tests.Length == 1 ? "it" : "them")} for tests"]);
        string[] others = [.. folders.Except(called).Except(trains.Take(1))
            .Where(folder => HoldsPictures(Path.Join(root, folder), Looked))];
        List<string> notes = [];
        if (empty.Length > 0)
            notes.Add($"{Listed(empty)} {(empty.Length == 1 ? "holds" : "hold")} no picture to test on");
        if (others.Length > 0)
            notes.Add($"pictures are learned from {trains[0]}/ alone; {Listed(others)} {(others.Length == 1 ? "is" : "are")} left out (a "
                + $"second --data takes {(others.Length == 1 ? "it" : "them")} too)");
        return new SplitFolders(trains[0], tests, notes);
    }

    private static string[] Known(string[] folders, IReadOnlyList<string> names) =>
        [.. names.SelectMany(name => folders.Where(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(folder => folder == name))];

    // Folders of trainings hold pictures of results, and the first files of a folder show what it is for.
    private static bool HoldsPictures(string folder, int looked)
    {
        EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return !FolderScan.IsRun(folder) && Directory.EnumerateFiles(folder, "*", all).Take(looked)
            .Any(static file => FolderScan.IsPicture(file));
    }

    private static string Listed(string[] folders) => string.Join(", ", folders.Take(5).Select(static folder => folder + "/"))
        + (folders.Length > 5 ? ", …" : "");

    private static string[] Names(string root)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(root).Select(static path => Path.GetFileName(path))
                .Where(static name => name[0] != '.').Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the folder cannot be read: {error.Message}", root, "make it readable",
                error);
        }
    }
}
