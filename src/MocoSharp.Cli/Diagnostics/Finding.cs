namespace MocoSharp.Cli.Diagnostics;

/// <summary>How a check came out.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but slower or with less than it could.</summary>
    Slow,

    /// <summary>Does not work.</summary>
    Bad,
}

/// <summary>What one check found.</summary>
/// <param name="Topic">What was looked at.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">What was found.</param>
/// <param name="Fix">How to fix it, where that is needed.</param>
internal sealed record Finding(string Topic, Verdict Verdict, string Text, string? Fix = null);
