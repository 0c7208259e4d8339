namespace MocoSharp.Studio;

/// <summary>What a studio shows, and where.</summary>
/// <param name="Runs">The folder whose runs are shown: runs right in it or one level below, or a run itself.</param>
/// <param name="Tool">How <c>moco</c> is started for work that takes long.</param>
/// <param name="Port">Where it listens on loopback, 1 to 65,535; 0 takes a free one.</param>
/// <param name="Page">The built page's folder; null for the one beside the program.</param>
public sealed record StudioOptions(string Runs, ToolCommand Tool, [Bounds(0, 65535)] int Port = 0, string? Page = null);

/// <summary>How <c>moco</c> is started.</summary>
/// <param name="Program">The program's file.</param>
/// <param name="First">What comes before the command's own words, such as the path of <c>moco.dll</c>.</param>
public sealed record ToolCommand(string Program, IReadOnlyList<string> First);
