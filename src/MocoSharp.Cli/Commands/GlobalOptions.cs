using System.CommandLine;

namespace MocoSharp.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    internal const string JsonName = "--json", VerboseName = "--verbose";

    internal static void AddTo(RootCommand root)
    {
        root.Add(new Option<bool>(JsonName) { Description = "Write one JSON document to standard output; what people watch goes to standard error.", Recursive = true });
        root.Add(new Option<bool>(VerboseName) { Description = "Show where in the program an unexpected error comes from.", Recursive = true });
    }
}
