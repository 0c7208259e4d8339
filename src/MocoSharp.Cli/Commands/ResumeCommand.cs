using System.CommandLine;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco resume</c>: go on with a run that was stopped.</summary>
internal static class ResumeCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string[]> data = Options.DataOften("Where the same pictures are now, when they were moved; given as often as for 'train'.");
        Option<string?> test = Options.Test();
        Option<string?> labels = new("--labels") { Description = "Where the run's CSV file of labels is now, when it was moved.", HelpName = "file.csv" };
        Option<int?> stopAfter = Options.StopAfter(), threads = Options.Threads();
        threads.Description = "Threads of the training step. Default: as many as the run was made with; others are refused.";
        Option<string?> device = Options.Device($"{Options.TheRuns}. On another one the weights are not those of a run that stayed");
        Command command = new("resume", "Go on with a run that was stopped, as if it never had been.") { run, data, test, labels, stopAfter, device, threads };
        command.SetAction((parse, _) =>
        {
            string folder = parse.GetRequiredValue(run);
            MovedPictures moved = new(parse.GetRequiredValue(data), parse.GetValue(test), parse.GetValue(labels));
            return TrainingWork.RunAsync(context, parse.GetValue(threads), progress =>
                Run.ResumeAsync(folder, moved, progress, Options.Stop(parse.GetValue(stopAfter), null), parse.GetValue(device),
                    parse.GetValue(threads), context.Terminal.Time, context.Cancel));
        });
        return command;
    }
}
