using System.Security.Cryptography;
using System.Text;
using MocoSharp.Runs;

namespace MocoSharp.Studio.Watch;

/// <summary>The runs of a folder: those right in it, and one level below. Requests name them by numbers that say no path.</summary>
internal sealed class RunList
{
    private const int MostRuns = 1000, MostFolders = 10_000, Deepest = 2, IdLength = 12;

    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WatchedRun> _known = [];

    private RunList(string root, TimeProvider time) => (_root, _time) = (root, time);

    /// <summary>The folder, for people.</summary>
    internal string Root => _root;

    /// <exception cref="MocoException">MS5327: there is no such folder.</exception>
    internal static RunList Open(string root, TimeProvider time)
    {
        string path = Path.GetFullPath(root);
        if (!Directory.Exists(path))
            throw new MocoException(StudioErrorIds.NoRuns, "there is no such folder of runs", at: path,
                fix: "name the folder that holds your runs, or make a run first: moco demo");
        return new RunList(path, time);
    }

    /// <summary>The runs that are there now, by name.</summary>
    internal IReadOnlyList<WatchedRun> All()
    {
        List<WatchedRun> found = [];
        int looked = 0;
        foreach (string folder in Folders(_root, 0, ref looked).Take(MostRuns)) found.Add(Known(folder));
        return [.. found.OrderBy(static run => run.Name, StringComparer.Ordinal)];
    }

    /// <exception cref="MocoException">MS5321: there is no run of this number.</exception>
    internal WatchedRun Find(string id)
    {
        lock (_lock)
            if (_known.TryGetValue(id, out WatchedRun? known) && Directory.Exists(known.Folder.Root)) return known;
        return All().FirstOrDefault(run => run.Id == id)
            ?? throw new MocoException(StudioErrorIds.NotFound, "there is no run of this number", fix: "load the page again");
    }

    private WatchedRun Known(string folder)
    {
        string name = folder == _root ? Path.GetFileName(folder) : Path.GetRelativePath(_root, folder);
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..IdLength];
        lock (_lock)
        {
            if (!_known.TryGetValue(id, out WatchedRun? known)) _known.Add(id, known = new WatchedRun(id, name, new RunFolder(folder),
                _time));
            return known;
        }
    }

    // links are not followed: what they lead to was not offered
    private static List<string> Folders(string folder, int depth, ref int looked)
    {
        if (File.Exists(Path.Combine(folder, "recipe.yaml")) || File.Exists(Path.Combine(folder, "environment.json"))) return [folder];
        List<string> found = [];
        if (depth == Deepest) return found;
        IEnumerable<DirectoryInfo> inside;
        try
        {
            inside = [.. new DirectoryInfo(folder).EnumerateDirectories().Where(static one => one.LinkTarget is null)
                .OrderBy(static one => one.Name, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return found;       // a folder that may not be read holds no run to show
        }
        foreach (DirectoryInfo one in inside)
            if (looked++ < MostFolders) found.AddRange(Folders(one.FullName, depth + 1, ref looked));
        return found;
    }
}
