using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>What is said at a command's end where its standard output could not be written.</summary>
internal static class OutputReport
{
    /// <summary>Says so on standard error.</summary>
    /// <param name="code">What the command itself came to.</param>
    /// <param name="context">Its context.</param>
    /// <returns>The exit code.</returns>
    internal static int Finish(int code, CommandContext context)
    {
        if (context.Terminal.Failure() is not { } failure) return code;
        // who reads the head of a list and leaves has got what he wanted
        if (!failure.IsReaderGone || context.KeptIn is not null)
        {
            string fix = context.KeptIn is { } kept ? $"nothing is lost: what was made lies in {kept}"
                : "do the same again with an output that can be written";
            string what = $"the result could not be written to standard output: {failure.Reason}";
            context.Terminal.Error.MarkupLineInterpolated($"[red bold]error[/] [bold]{CliErrorIds.OutputFailed}[/]: {what}");
            context.Terminal.Error.MarkupLineInterpolated($"  at standard output    fix: {fix}");
        }
        return code == ExitCode.Done ? ExitCode.Failed : code;
    }
}
