namespace MocoSharp.Cli.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class SourceFolder
{
    internal static string Root
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MocoSharp.slnx"))) folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("the tests do not lie in the source tree");
        }
    }
}
