using System.CommandLine;
using System.CommandLine.Invocation;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    internal const string JsonName = "--json", VerboseName = "--verbose";

    internal static void AddTo(RootCommand root, CommandContext context)
    {
        VersionOption version = root.Options.OfType<VersionOption>().Single();
        version.Validators.Clear();         // it goes with --json
        version.Action = new VersionAction(context);
        root.Add(new Option<bool>(
            JsonName)
        {
            Description = "Write one JSON document to standard output; what people watch goes to standard error.",
            Recursive = true
        });
        root.Add(new Option<bool>(VerboseName)
        {
            Description = "Show where in the program an unexpected error comes from.",
            Recursive = true
        });
    }

    private sealed class VersionAction(CommandContext context) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            if (context.IsJson) context.Result(new { version = RunEnvironment.ProgramVersion });
            else context.Terminal.Out.Profile.Out.Writer.WriteLine(RunEnvironment.ProgramVersion);
            return ExitCode.Done;
        }
    }
}
