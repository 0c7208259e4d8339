using System.CommandLine;
using MocoSharp.Cli.Commands;
using MocoSharp.Cli.Output;

namespace MocoSharp.Cli;

/// <summary>The <c>moco</c> tool: all commands, and what happens to their errors.</summary>
public static class MocoTool
{
    /// <summary>Parses a command line, runs it and says what went wrong.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancel">Asks for a stop.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancel = default)
    {
        CommandContext context = new(terminal, args.Contains(GlobalOptions.JsonName), args.Contains(GlobalOptions.VerboseName), cancel);
        return OutputReport.Finish(await RunAsync(args, context), context);
    }

    private static async Task<int> RunAsync(IReadOnlyList<string> args, CommandContext context)
    {
        Terminal terminal = context.Terminal;
        try
        {
            ParseResult parse = Root(context).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parse.Errors.Count > 0)
                throw new UsageException(string.Join("; ", parse.Errors.Select(static error => error.Message.TrimEnd('.', ' ')).Distinct()),
                    parse.CommandResult.Command);
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Out.Profile.Out.Writer,
                Error = terminal.Error.Profile.Out.Writer,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,       // Program listens to signals: the first one asks, the second one ends
            }, context.Cancel);
        }
#pragma warning disable CA1031 // the outermost place: every error becomes a text and an exit code
        catch (Exception error)
#pragma warning restore CA1031
        {
            return ErrorReport.Write(error, context);
        }
    }

    /// <summary>The command line's grammar.</summary>
    public static RootCommand Root(CommandContext context)
    {
        RootCommand root = new("Learns image representations from pictures that nobody labeled.")
        {
            DemoCommand.Create(context),
            TrainCommand.Create(context),
            DistilCommand.Create(context),
            ResumeCommand.Create(context),
            LaunchCommand.Create(context),
            RecipesCommand.Create(context),
            ViewsCommand.Create(context),
            PlotCommand.Create(context),
            ReportCommand.Create(context),
            CompareCommand.Create(context),
            SummaryCommand.Create(context),
            EvalCommand.Create(context),
            ClassifyCommand.Create(context),
            EmbedCommand.Create(context),
            ExportCommand.Create(context),
            InspectCommand.Create(context),
            MapCommand.Create(context),
            IndexCommand.Create(context),
            SearchCommand.Create(context),
            SegmentCommand.Create(context),
            DuplicatesCommand.Create(context),
            AuditCommand.Create(context),
            SelectCommand.Create(context),
            StudioCommand.Create(context),
            PackCommand.Create(context),
            ShardCommand.Create(context),
            DataCommand.Create(context),
            CompletionCommand.Create(context),
            BenchCommand.Create(context),
            DoctorCommand.Create(context),
        };
        GlobalOptions.AddTo(root, context);
        root.SetAction(_ => Welcome.Show(context));
        return root;
    }
}
