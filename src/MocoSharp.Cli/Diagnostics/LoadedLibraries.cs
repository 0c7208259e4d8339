namespace MocoSharp.Cli.Diagnostics;

/// <summary>The shared libraries of this process, by the files that they really are.</summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>The first whose path holds one of the words; the words are tried in turn.</summary>
    internal static string? Find(params ReadOnlySpan<string> words)
    {
        string[] paths = [.. All()];
        foreach (string word in words)
            if (paths.FirstOrDefault(path => path.Contains(word, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        return null;
    }

    private static IEnumerable<string> All() => !File.Exists(Maps) ? [] : File.ReadLines(Maps)
        .Select(static line => line.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? line[at..] : "")
        .Where(static path => path.Contains(".so", StringComparison.Ordinal)).Distinct();
}
