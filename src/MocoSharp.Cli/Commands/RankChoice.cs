using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Which of several processes this one is, where a launcher started it.</summary>
internal static class RankChoice
{
    /// <summary>As the environment says it; null for a process that trains alone.</summary>
    /// <exception cref="MocoException">MS5265: the environment says it only in part.</exception>
    internal static RankSettings? Here => RankSettings.FromEnvironment();
}
