using MocoSharp.Recipes;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Turns any error into a text that says what, where and how to fix it, and into an exit code.</summary>
internal static class ErrorReport
{
    /// <summary>Writes it for people, and as <c>{"error": …}</c> where JSON is wanted.</summary>
    /// <returns>The exit code.</returns>
    internal static int Write(Exception error, CommandContext context)
    {
        if (error is OperationCanceledException)
        {
            context.Terminal.Error.WriteLine("Stopped, as you asked.");
            context.Result(new { error = new { id = "canceled", message = "stopped by a signal" } });
            return ExitCode.Canceled;
        }
        ErrorText text = ErrorText.Of(error);
        IAnsiConsole console = context.Terminal.Error;
        console.MarkupLineInterpolated($"[red bold]error[/] [bold]{text.Id}[/]: {text.What}");
        string[] rest = [.. new[] { text.At is null ? null : $"at {text.At}", text.Fix is null ? null
            : $"fix: {text.Fix}" }.OfType<string>()];
        if (rest.Length > 0) console.MarkupLineInterpolated($"  {string.Join("    ", rest)}");
        if (context.IsVerbose) console.WriteLine(error.ToString());
        context.Result(new { error = new { id = text.Id, message = text.What, at = text.At, fix = text.Fix } });
        return IsUsage(error, text.Id) ? ExitCode.Usage : ExitCode.Failed;
    }

    private static bool IsUsage(Exception error, string id) => error is UsageException or RecipeException or OptionException
        || id.StartsWith("MS2", StringComparison.Ordinal);
}

/// <summary>An error in the form that people read.</summary>
/// <param name="Id">Stable id, MSnnnn.</param>
/// <param name="What">What is wrong.</param>
/// <param name="At">Where.</param>
/// <param name="Fix">How to fix it.</param>
internal sealed record ErrorText(string Id, string What, string? At, string? Fix)
{
    private const int DiskFull = 28, TooManyOpenFiles = 24;    // ENOSPC, EMFILE

    internal static ErrorText Of(Exception error) => error switch
    {
        MocoException e => new(e.Id, e.Message, e.At, e.Fix),
        TypeInitializationException { InnerException: { } inner } => Of(inner),
        AggregateException { InnerExceptions.Count: > 0 } e => Of(e.Flatten().InnerExceptions[0]),
        UnauthorizedAccessException e => new(CliErrorIds.FileSystem, e.Message, null, "fix its permissions, or name another place"),
        FileNotFoundException e => new(CliErrorIds.FileSystem, e.Message, e.FileName,
            "check the path; it is relative to the current folder"),
        IOException { HResult: DiskFull } e =>
            new(CliErrorIds.FileSystem, $"the disk is full: {e.Message}", null,
            "make room, then do the same again; a run goes on with 'moco resume'"),
        IOException { HResult: TooManyOpenFiles } e =>
            new(CliErrorIds.FileSystem, $"too many files are open: {e.Message}", null, "raise the limit: ulimit -n 4096"),
        IOException e => new(CliErrorIds.FileSystem, e.Message, null, "check the path, the disk and your rights"),
        OutOfMemoryException => new(CliErrorIds.OutOfMemory, "there is not enough memory", null,
            "lower training.batchSize or data.cacheMegabytes (--set data.cacheMegabytes=0), or close other programs"),
        _ => new(CliErrorIds.Unexpected, $"{error.GetType().Name}: {error.Message}", null,
            "this is a mistake in MocoSharp: please report it with the same command's output with --verbose and that of 'moco doctor'"),
    };
}
