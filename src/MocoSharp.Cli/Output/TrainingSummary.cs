using MocoSharp.Runs;
using MocoSharp.Training;
using Spectre.Console;

namespace MocoSharp.Cli.Output;

/// <summary>What a training came to, for people and as JSON.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Finished">False when a person stopped it.</param>
/// <param name="Epochs">Epochs done.</param>
/// <param name="EpochsInAll">Epochs of the schedule.</param>
/// <param name="Steps">Updates done.</param>
/// <param name="Loss">The mean of the epoch that is under way, or of the last one.</param>
/// <param name="Knn">Last and best kNN accuracy, where it was taken.</param>
/// <param name="Encoder">The encoder's file; null before the first checkpoint.</param>
/// <param name="ElapsedSeconds">Training time.</param>
/// <param name="Warnings">What a person should know.</param>
internal sealed record TrainingSummary(
    string Run, string? Recipe, bool Finished, int Epochs, int EpochsInAll, long Steps, double? Loss, KnnSummary? Knn, string? Encoder,
    double ElapsedSeconds,
    IReadOnlyList<string> Warnings)
{
    internal static TrainingSummary Of(TrainingResult result, TrainingReporter reporter)
    {
        double? last = result.Metrics.LastOrDefault(static line => line.Knn is not null)?.Knn;
        KnnSummary? knn = last is { } value && result.BestKnn is { } best ? new KnnSummary(value, best) : null;
        return new TrainingSummary(result.Folder.Root, reporter.Plan?.Recipe, result.Finished, result.Epochs, reporter.Plan?.Epochs
            ?? result.Epochs, result.Steps,
            result.Loss, knn, File.Exists(result.Folder.Encoder) ? result.Folder.Encoder : null, result.ElapsedSeconds, reporter.Warnings);
    }

    internal void Write(IAnsiConsole people)
    {
        people.WriteLine();
        string time = Numbers.Time(TimeSpan.FromSeconds(ElapsedSeconds));
        people.WriteLine(!Finished
            ? $"Stopped after {Numbers.Plural(Steps, "step", "steps")} ({time}). A checkpoint was written; nothing is lost."
            : Epochs < EpochsInAll
            ? $"Stopped after {Numbers.Plural(Steps, "step", "steps")}, {Epochs} of {Numbers.Plural(EpochsInAll, "epoch", "epochs")} "
            + $"done, as asked ({time})."
            : $"Done: {Numbers.Plural(Epochs, "epoch", "epochs")} in {time}.");
        if (Loss is { } loss) people.WriteLine($"  loss       {Numbers.Fixed(loss)}");
        if (Knn is not null)
            people.WriteLine(
                $"  kNN        {Numbers.Percent(Knn.Last)} last; {Numbers.Percent(Knn.Best)} best (chosen on the test pictures, so it "
                + $"flatters)");
        WritePaths(people);
        if (Epochs < EpochsInAll) people.WriteLine($"  go on      moco resume {CommandText.Quoted(Relative(Run))}");
        if (Encoder is not null && Knn is not null) people.WriteLine($"  try next   moco eval knn {CommandText.Quoted(Relative(Run))}");
    }

    /// <summary>What there is to look at.</summary>
    internal void WritePaths(IAnsiConsole people)
    {
        string views = new RunFolder(Run).Views;
        if (Encoder is not null) people.WriteLine($"  encoder    {Relative(Encoder)}");
        if (File.Exists(views)) people.WriteLine($"  views      {Relative(views)}");
    }

    private static string Relative(string path) =>
        Path.GetRelativePath(Environment.CurrentDirectory, path) is var relative && relative.StartsWith("..", StringComparison.Ordinal)
            ? path : relative;
}

/// <summary>The kNN monitor's values in percent.</summary>
/// <param name="Last">At the last test.</param>
/// <param name="Best">The best of all tests.</param>
/// <param name="BestChosenOn">Why the best one flatters.</param>
internal sealed record KnnSummary(double Last, double Best, string BestChosenOn = "test");
