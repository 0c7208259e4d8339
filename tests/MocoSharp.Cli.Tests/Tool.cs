using MocoSharp.Cli.Output;
using Spectre.Console;

namespace MocoSharp.Cli.Tests;

/// <summary>Runs the tool in this process, with its consoles over memory.</summary>
internal sealed record Tool(int Code, string Out, string Error)
{
    internal static Tool Run(params string[] args)
    {
        using StringWriter output = new();
        return Run(Terminal.Over(output), output, args, CancellationToken.None);
    }

    /// <summary>As on a terminal of 120 columns.</summary>
    internal static Tool RunLive(StringWriter output, string[] args, CancellationToken cancel = default) =>
        Run(Live(output), output, args, cancel);

    private static IAnsiConsole Live(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output)
        });
        console.Profile.Width = 120;
        return console;
    }

    private static Tool Run(IAnsiConsole console, StringWriter output, string[] args, CancellationToken cancel)
    {
        using StringWriter error = new();
        Terminal terminal = new(console, Terminal.Over(error), TimeProvider.System);
        int code = MocoTool.RunAsync(args, terminal, cancel).GetAwaiter().GetResult();
        return new Tool(code, output.ToString(), error.ToString());
    }

    /// <summary>Fails with the tool's own words where it did not end well.</summary>
    internal Tool Succeeded()
    {
        Assert.True(Code == ExitCode.Done, $"exit code {Code}\n{Out}\n{Error}");
        return this;
    }

    /// <summary>All that it said, with lines that were broken joined again.</summary>
    internal string Flat => string.Join(' ', $"{Out} {Error}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    internal IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
