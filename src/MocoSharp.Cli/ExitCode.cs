namespace MocoSharp.Cli;

/// <summary>What the tool returns to the shell.</summary>
public static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>Something went wrong while working.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the recipe is wrong; nothing was begun.</summary>
    public const int Usage = 2;

    /// <summary>All was done, something was found, and that was to be told: <c>moco audit --fail</c>.</summary>
    public const int Found = 3;

    /// <summary>A person stopped it; what was learned is kept.</summary>
    public const int Canceled = 130;
}
