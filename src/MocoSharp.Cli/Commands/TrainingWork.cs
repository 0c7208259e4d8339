using MocoSharp.Cli.Output;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Trains, shows how it goes and what it came to: what <c>train</c> and <c>resume</c> share.</summary>
internal static class TrainingWork
{
    /// <returns>Done, or canceled.</returns>
    internal static int Run(CommandContext context, int? threads, int? stopAfter, Func<ITrainingObserver, TrainingRun> open)
    {
        TrainingSummary summary = Train(context, threads, stopAfter, open, context.Cancel);
        summary.Write(context.People);
        context.Result(summary, summary.Run);
        return summary.Finished ? ExitCode.Done : ExitCode.Canceled;
    }

    /// <summary>Trains, and shows how it goes.</summary>
    internal static TrainingSummary Train(CommandContext context, int? threads, int? stopAfter, Func<ITrainingObserver, TrainingRun> open, CancellationToken cancel)
    {
        ThreadChoice.Use(context, threads);
        TrainingReporter reporter = new(context.People, context.Terminal.Time);
        try
        {
            using TrainingRun run = open(reporter);
            return TrainingSummary.Of(run.Train(stopAfter, cancel), reporter);
        }
        finally
        {
            reporter.Close();
        }
    }
}
