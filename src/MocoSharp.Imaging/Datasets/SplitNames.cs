namespace MocoSharp.Imaging.Datasets;

/// <summary>The names that people give the folders of a data set's parts; case does not count.</summary>
public static class SplitNames
{
    /// <summary>Names of the folder to learn from, the likeliest first.</summary>
    public static IReadOnlyList<string> Train { get; } = ["train", "training", "trn"];

    /// <summary>Names of folders to test on, the likeliest first.</summary>
    public static IReadOnlyList<string> Test { get; } =
        ["test", "testing", "tst", "val", "valid", "validation", "eval", "evaluation", "dev", "holdout"];

    /// <summary>The folder to learn from, where paths lie both in one and in one to test on; else null.</summary>
    /// <param name="paths">Below the data set's folder, with slashes.</param>
    public static string? TrainOf(IEnumerable<string> paths)
    {
        string[] folders = [.. paths.Select(static path => path.IndexOf('/') is > 0 and int end ? path[..end] : null).OfType<string>()
            .Distinct()];
        return folders.Any(static folder => IsOf(folder, Test)) ? folders.FirstOrDefault(static folder => IsOf(folder, Train)) : null;
    }

    private static bool IsOf(string folder, IReadOnlyList<string> names) => names.Contains(folder, StringComparer.OrdinalIgnoreCase);
}
