namespace MocoSharp.Cli.Launching;

/// <summary>Starts the ranks of this host, and starts them again after a failure.</summary>
internal static class Launcher
{
    // a rank needs some seconds to find out which other one was lost, and to say so
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(12);

    /// <returns>0, 130 where a person stopped it, or 2 where nothing was begun.</returns>
    /// <exception cref="MocoException">MS5269: a process failed, and no restart is left.</exception>
    internal static async Task<int> RunAsync(CommandContext context, LaunchPlan plan)
    {
        for (int restart = 0; ; restart++)
        {
            using RankProcesses processes = RankProcesses.Start(plan, restart);
            (int code, int local) = await processes.EndAsync(s_grace, context.Terminal.Time, context.Cancel);
            if (code is ExitCode.Done or ExitCode.Canceled or ExitCode.Usage) return code;
            if (context.Cancel.IsCancellationRequested) return ExitCode.Canceled;
            string what = $"rank {plan.NodeRank * plan.Processes + local} failed first ({(code > 128 ? $"signal {code - 128}"
                : $"exit code {code}")})";
            if (restart >= plan.Restarts)
                throw new MocoException(ErrorIds.LaunchFailed,
                    plan.Restarts == 0 ? what : $"{what}, and no restart is left of {plan.Restarts}",
                    fix: "see the messages above; 'moco resume' goes on from the newest checkpoint, and --restarts N lets the launcher do "
                    + "so by itself");
            context.Warn($"{what}: restart {restart + 1} of {plan.Restarts}");
        }
    }
}
