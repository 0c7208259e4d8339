using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Cli.Output;
using Spectre.Console;

namespace MocoSharp.Cli;

/// <summary>What a command works with: two consoles, the clock, and how it is asked to stop.</summary>
/// <param name="Terminal">The consoles.</param>
/// <param name="IsJson">Whether standard output gets one JSON document instead of text.</param>
/// <param name="IsVerbose">Whether unexpected errors show where they come from.</param>
/// <param name="Cancel">Set when a person asks for a stop.</param>
public sealed record CommandContext(Terminal Terminal, bool IsJson, bool IsVerbose, CancellationToken Cancel)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,      // for programs and eyes, never for a web page
        WriteIndented = true,
    };

    /// <summary>For people: standard output, or standard error when that is kept for JSON.</summary>
    public IAnsiConsole People => IsJson ? Terminal.Error : Terminal.Out;

    /// <summary>Where what the command made lies; null where it made nothing that lasts.</summary>
    internal string? KeptIn { get; private set; }

    /// <summary>Says something that a person should know.</summary>
    internal void Warn(string text) => People.MarkupLineInterpolated($"[yellow]warning[/]: {text}");

    /// <summary>Writes the command's one JSON document, if it is wanted.</summary>
    /// <param name="document">What it says.</param>
    /// <param name="keptIn">Where what the command made lies, for people whose standard output could not be written.</param>
    public void Result(object document, string? keptIn = null)
    {
        KeptIn = keptIn;
        if (IsJson) Terminal.Out.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(document, s_json));
    }
}
