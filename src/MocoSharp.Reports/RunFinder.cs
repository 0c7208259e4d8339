using MocoSharp.Runs;

namespace MocoSharp.Reports;

/// <summary>Finds the runs below a folder.</summary>
public static class RunFinder
{
    /// <summary>A run's own folder as it is; of any other folder, all runs below it, by path. Nothing is looked for inside a run.</summary>
    /// <param name="folder">A folder.</param>
    /// <exception cref="MocoException">MS5223: it is not there, or no run is below it.</exception>
    public static IReadOnlyList<string> Below(string folder)
    {
        if (IsRun(folder)) return [folder];
        string[] found = Directory.Exists(folder) ? [.. Search(folder)] : [];
        return found.Length > 0 ? found : throw new MocoException(ErrorIds.NoRunsBelow, Directory.Exists(folder)
            ? "the folder is no run, and no run is below it" : "there is no such folder", at: folder,
            fix: "name the folder that 'moco train … --run FOLDER' made, or one that such folders lie in");
    }

    /// <summary>Whether a folder is a run's.</summary>
    public static bool IsRun(string folder) =>
        File.Exists(new RunFolder(folder).Recipe) && Directory.Exists(new RunFolder(folder).Checkpoints);

    private static IEnumerable<string> Search(string folder) => Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
        .SelectMany(static inner => IsRun(inner) ? [inner] : Search(inner));
}
