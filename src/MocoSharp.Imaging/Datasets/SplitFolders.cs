namespace MocoSharp.Imaging.Datasets;

/// <summary>The parts of a data set that lie in folders of their own, found by the names that people give them.</summary>
/// <param name="Train">The folder to learn from; null where there is none, and the root is taken whole.</param>
/// <param name="Tests">Folders to test on, the likeliest first.</param>
/// <param name="Notes">What people should know of the other folders.</param>
internal sealed record SplitFolders(string? Train, IReadOnlyList<string> Tests, IReadOnlyList<string> Notes)
{
    private static readonly string[] s_train = ["train", "training", "trn"];
    private static readonly string[] s_test = ["test", "testing", "tst", "val", "valid", "validation", "eval", "evaluation", "dev", "holdout"];

    /// <exception cref="ImagingException">The folder cannot be read.</exception>
    internal static SplitFolders Of(string root)
    {
        string[] folders = Names(root);
        string[] trains = Known(folders, s_train), tests = Known(folders, s_test);
        if (trains.Length == 0)
            return new SplitFolders(null, [], tests.Length == 0 || folders.Length < 2 ? [] :
                [$"{Listed(tests)} {(tests.Length == 1 ? "is" : "are")} learned from like every other folder, since no folder is called train: rename the folder to learn from to train, to keep {(tests.Length == 1 ? "it" : "them")} for tests"]);
        string[] others = [.. folders.Except(tests).Except(trains.Take(1)).Where(folder => HoldsPictures(Path.Join(root, folder)))];
        return new SplitFolders(trains[0], tests, others.Length == 0 ? [] :
            [$"pictures are learned from {trains[0]}/ alone; {Listed(others)} {(others.Length == 1 ? "is" : "are")} left out (a second --data takes {(others.Length == 1 ? "it" : "them")} too)"]);
    }

    private static string[] Known(string[] folders, string[] names) =>
        [.. names.SelectMany(name => folders.Where(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase)).OrderByDescending(folder => folder == name))];

    // Folders of trainings hold pictures of results, and the first files of a folder show what it is for.
    private static bool HoldsPictures(string folder)
    {
        const int Looked = 1000;
        EnumerationOptions all = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return !FolderScan.IsRun(folder) && Directory.EnumerateFiles(folder, "*", all).Take(Looked).Any(static file => FolderScan.IsPicture(file));
    }

    private static string Listed(string[] folders) => string.Join(", ", folders.Take(5).Select(static folder => folder + "/")) + (folders.Length > 5 ? ", …" : "");

    private static string[] Names(string root)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(root).Select(static path => Path.GetFileName(path)).Where(static name => name[0] != '.').Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ImagingException(ErrorIds.UnreadableDataSet, $"the folder cannot be read: {error.Message}", root, "make it readable", error);
        }
    }
}
