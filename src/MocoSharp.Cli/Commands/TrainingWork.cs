using System.CommandLine;
using MocoSharp.Cli.Output;
using MocoSharp.Reports.TensorBoard;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Commands;

/// <summary>Trains, shows how it goes and what it came to: what <c>train</c>, <c>resume</c> and <c>demo</c> share.</summary>
internal static class TrainingWork
{
    /// <summary>As the other, with a log for TensorBoard where that is asked for.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="board">The option that asks for it.</param>
    /// <param name="threads">libtorch's; null for all processors.</param>
    /// <param name="train">Trains.</param>
    internal static Task<int> RunAsync(CommandContext context, ParseResult parse, Option<string?> board, int? threads,
        Func<IProgress<RunProgress>, Task<Run>> train) => parse.GetResult(board) is null ? RunAsync(context, threads, train)
        : RunAsync(context, threads, async progress =>
        {
            using TensorBoardLog log = new(parse.GetValue(board), progress, context.Terminal.Time);
            return await train(log);
        });

    /// <returns>Done, or canceled.</returns>
    internal static async Task<int> RunAsync(CommandContext context, int? threads, Func<IProgress<RunProgress>, Task<Run>> train)
    {
        (TrainingSummary summary, _) = await TrainAsync(context, threads, train);
        if (RankChoice.Here is { Rank: > 0 }) return summary.Finished ? ExitCode.Done : ExitCode.Canceled;      // rank 0 tells it
        summary.Write(context.People);
        context.Result(summary, summary.Run);
        return summary.Finished ? ExitCode.Done : ExitCode.Canceled;
    }

    /// <summary>Trains, and shows how it goes.</summary>
    internal static async Task<(TrainingSummary Summary, Run Run)> TrainAsync(CommandContext context, int? threads,
        Func<IProgress<RunProgress>, Task<Run>> train)
    {
        RankChoice.UseThreads(context, threads);
        using TelemetryExport? export = TelemetryExport.Begin(context);
        TrainingReporter reporter = new(context.People, context.Terminal.Time);
        try
        {
            Run run = await train(reporter);
            return (TrainingSummary.Of(run.Training!, reporter), run);
        }
        finally
        {
            reporter.Close();
        }
    }
}
