namespace MocoSharp.Cli.Output;

/// <summary>Files of results, which replace nothing unless that is allowed.</summary>
internal static class NewFiles
{
    /// <summary>Refuses to begin where a file is there already, and makes the folders of those that are not.</summary>
    /// <param name="force">Whether files are replaced.</param>
    /// <param name="paths">The files; null for one that is not wanted.</param>
    /// <exception cref="MocoException">MS6006.</exception>
    internal static void Prepare(bool force, params IEnumerable<string?> paths)
    {
        HashSet<string> named = [];
        foreach (string path in paths.OfType<string>())
        {
            if (!named.Add(Path.GetFullPath(path)))
                throw new MocoException(CliErrorIds.FileExists, "two results were to go into this file", at: path,
                    fix: "give each a name of its own");
            if (NewFile.Obstacle(path) is { } obstacle)
                throw new MocoException(CliErrorIds.FileExists, $"a file cannot be written there: {obstacle}", at: path,
                    fix: "name another file");
            if (!force && File.Exists(path))
                throw new MocoException(CliErrorIds.FileExists, "there is a file of this name already", at: path,
                    fix: "name another file, or allow to replace it: --force");
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }
}
