using MocoSharp.Torch;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Which of several processes this one is, where a launcher started it.</summary>
internal static class RankChoice
{
    /// <summary>As the environment says it; null for a process that trains alone.</summary>
    /// <exception cref="MocoException">MS5265: the environment says it only in part.</exception>
    internal static RankSettings? Here => RankSettings.FromEnvironment();

    /// <summary>Sets libtorch's threads; without a number, this rank's share of the host's processors.</summary>
    internal static void UseThreads(CommandContext context, int? threads)
    {
        ThreadChoice.Use(context, threads);
        if (threads is null && Here is { } rank) Runtime.Threads = Math.Max(1, Environment.ProcessorCount / rank.LocalCount);
    }

    /// <summary>Refuses work that is not shared, which each process would do whole.</summary>
    /// <param name="command">Such as finetune.</param>
    /// <exception cref="MocoException">MS5351: a launcher started several processes.</exception>
    internal static void RequireNone(string command)
    {
        if (Here is { } rank)
            throw new MocoException(ErrorIds.NotShared,
                $"'{command}' is not shared by several processes, and this is rank {rank.Rank} of {rank.Count}",
                fix: "run it once and without a launcher; 'train', 'resume', 'eval knn' and 'eval linear' can be shared");
    }
}
