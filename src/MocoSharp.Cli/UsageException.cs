using System.CommandLine;

namespace MocoSharp.Cli;

/// <summary>The command line is not understood.</summary>
public sealed class UsageException : MocoException
{
    /// <summary>Makes an error.</summary>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="command">The command whose help tells what it takes.</param>
    public UsageException(string what, Command command)
        : base(CliErrorIds.Usage, what.TrimEnd('.', ' '), fix: $"see what it takes: {HelpOf(command)}")
    {
    }

    /// <summary>Makes an error that help does not explain.</summary>
    /// <param name="what">What is wrong with it.</param>
    /// <param name="fix">What to do.</param>
    public UsageException(string what, string fix) : base(CliErrorIds.Usage, what, fix: fix)
    {
    }

    private static string HelpOf(Command command)
    {
        List<string> path = ["--help"];
        for (Symbol? symbol = command; symbol is Command and not RootCommand; symbol = symbol.Parents.FirstOrDefault())
            path.Insert(0, symbol.Name);
        return "moco " + string.Join(' ', path);
    }
}
