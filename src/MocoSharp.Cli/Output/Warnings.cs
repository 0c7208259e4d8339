using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>Prints each warning once, however often it comes.</summary>
internal sealed class Warnings(IAnsiConsole console, LiveLine live)
{
    private readonly List<string> _texts = [];

    /// <summary>All, in the order in which they came.</summary>
    internal IReadOnlyList<string> Texts => _texts;

    internal void Add(string text)
    {
        if (_texts.Contains(text)) return;
        _texts.Add(text);
        live.Clear();
        console.MarkupLineInterpolated($"[yellow]warning[/]: {text}");
    }
}
