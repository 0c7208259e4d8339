using System.CommandLine;
using System.Globalization;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco resume</c>: go on with a run that was stopped.</summary>
internal static class ResumeCommand
{
    internal static Command Create(CommandContext context)
    {
        Argument<string> run = Options.Run();
        Option<string[]> data = Options.DataOften("Where the same pictures are now, when they were moved; given as often as for 'train'.");
        Option<string?> test = Options.Test();
        Option<string?> labels = new("--labels")
        {
            Description = "Where the run's CSV file of labels is now, when it was moved.",
            HelpName = "file.csv",
        };
        Option<int?> stopAfter = Options.StopAfter(), threads = Options.TrainingThreads();
        threads.Description = "Threads of the training step. Default: as many as the run was made with; others need --not-bit-equal.";
        Option<string?> device = Options.Device($"{Options.TheRuns}. On another one the weights are not those of a run that stayed");
        Option<int?> epochs = Options.AtLeastOne("--epochs", "count",
            "Train to so many epochs in all, by a schedule made for so many. Needs --not-bit-equal.");
        Option<string?> board = Options.TensorBoard();
        Option<string[]> set = Options.Set();
        set.Description =
            "Change one value of the run's recipe; may be given often: --set data.maximumBadShare=0.1. What decides the weights needs "
            + "--not-bit-equal.";
        Option<bool> differs = new("--not-bit-equal")
        {
            Description =
                "Go on although pictures, recipe, threads or machine are not those of before: the weights are then not those of a run "
                + "that was never stopped. Says what differs.",
        };
        Command command = new("resume", "Go on with a run that was stopped, as if it never had been; or otherwise, where you ask for it.")
        {
            run, data, test, labels, epochs, stopAfter, set, differs, device, threads, board,
        };
        command.SetAction((parse, _) =>
        {
            string folder = parse.GetRequiredValue(run);
            MovedPictures moved = new(parse.GetRequiredValue(data), parse.GetValue(test), parse.GetValue(labels));
            List<string> changes = [.. parse.GetRequiredValue(set)];
            if (parse.GetValue(epochs) is { } count) changes.Add($"training.epochs={count.ToString(CultureInfo.InvariantCulture)}");
            ResumeOptions options = new(moved, changes, parse.GetValue(differs), parse.GetValue(device), parse.GetValue(threads),
                RankChoice.Here);
            return TrainingWork.RunAsync(context, parse, board, parse.GetValue(threads), progress =>
                Run.ResumeAsync(folder, options, progress, Options.Stop(parse.GetValue(stopAfter), null), context.Terminal.Time,
                context.Cancel));
        });
        return command;
    }
}
