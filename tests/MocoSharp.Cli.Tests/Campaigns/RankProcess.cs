using System.Globalization;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Finds ranks among the system's processes.</summary>
internal static class RankProcess
{
    /// <summary>Processes of a rank that work on a run.</summary>
    internal static IEnumerable<int> Of(int rank, string run)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(static name => int.TryParse(Path.GetFileName(name), out _)))
            if (Read(folder, "environ").Contains($"\0RANK={rank}\0", StringComparison.Ordinal)
                && Read(folder, "cmdline") is var command && command.Contains(run, StringComparison.Ordinal)
                && !command.StartsWith("setsid", StringComparison.Ordinal))
                yield return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a process runs, or is stopped; one that has ended and that nobody has asked about yet does not.</summary>
    internal static bool IsThere(int process) =>
        Read($"/proc/{process}", "stat") is { Length: > 0 } stat && stat[stat.LastIndexOf(')') + 2] != 'Z';

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";          // it has ended, or is somebody else's
        }
    }
}
