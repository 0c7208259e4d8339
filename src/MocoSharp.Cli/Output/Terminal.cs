using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Where the tool writes, and its clock.</summary>
/// <param name="Out">Results: for people, or one JSON document.</param>
/// <param name="Error">Errors, and with <c>--json</c> what people may watch.</param>
/// <param name="Time">The clock.</param>
public sealed record Terminal(IAnsiConsole Out, IAnsiConsole Error, TimeProvider Time)
{
    private const int NoWrap = 10_000;

    /// <summary>Why <see cref="Out"/> could not be written; null while it can.</summary>
    internal Func<OutputFailure?> Failure { get; init; } = static () => null;

    /// <summary>A console over a writer: colors and a live line on a terminal, plain text whose lines are never broken elsewhere.</summary>
    public static IAnsiConsole Over(TextWriter writer)
    {
        AnsiConsoleOutput output = new(writer);
        AnsiConsoleSettings settings = new() { Out = output };
        if (!output.IsTerminal)
        {
            (settings.Ansi, settings.ColorSystem) = (AnsiSupport.No, ColorSystemSupport.NoColors);
            (settings.Interactive, settings.Enrichment.UseDefaultEnrichers) = (InteractionSupport.No, false);
        }
        IAnsiConsole console = AnsiConsole.Create(settings);
        if (!output.IsTerminal) (console.Profile.Width, console.Profile.Capabilities.Unicode) = (NoWrap, true);
        return console;
    }

    /// <summary>Whether a console can rewrite its last line.</summary>
    public static bool IsLive(IAnsiConsole console) => console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>A table with borders that the console can show.</summary>
    /// <param name="people">The console.</param>
    /// <param name="columns">Headings, and whether numbers stand below them.</param>
    internal static Table NewTable(IAnsiConsole people, params IEnumerable<(string Heading, bool IsNumber)> columns)
    {
        Table table = new() { Border = people.Profile.Capabilities.Unicode && IsLive(people) ? TableBorder.Rounded : TableBorder.Ascii };
        foreach ((string heading, bool isNumber) in columns)
            table.AddColumn(isNumber ? new TableColumn(heading).RightAligned() : new TableColumn(heading));
        return table;
    }
}
