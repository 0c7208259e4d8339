using MocoSharp.Runs;

namespace MocoSharp.Charts;

/// <summary>What a run keeps of its course.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Losses">By epochs, in nats.</param>
/// <param name="IsEveryUpdate">Whether <paramref name="Losses"/> has each update's and not each epoch's.</param>
/// <param name="Epochs">What was measured at each epoch's end.</param>
public sealed record RunCourse(
    string Name, (double[] Epochs, double[] Values) Losses, bool IsEveryUpdate, IReadOnlyList<EpochMetrics> Epochs)
{
    private const int Windows = 100;

    /// <summary>Top-1 of the kNN test in percent, after so many epochs.</summary>
    public IReadOnlyList<(int Epoch, double Percent)> Knn { get; } =
        [.. Epochs.Where(static line => line.Knn is not null).Select(static line => (line.Epoch, line.Knn!.Value))];

    /// <summary>Updates that are known of.</summary>
    public long Updates { get; init; }

    /// <summary><see cref="Losses"/>, and means over windows of equal length where there is one an update: as many as an eye tells
    /// apart.</summary>
    public (double[] Epochs, double[] Values) Means()
    {
        if (!IsEveryUpdate) return Losses;
        (double[] x, double[] y) = Losses;
        int window = Math.Max(1, y.Length / Windows), count = y.Length / window;
        return ([.. Enumerable.Range(0, count).Select(i => x.AsSpan(i * window, window).ToArray().Average())],
            [.. Enumerable.Range(0, count).Select(i => y.AsSpan(i * window, window).ToArray().Average())]);
    }

    /// <summary>Reads a run's; null where it has not learned anything yet.</summary>
    /// <inheritdoc cref="Read"/>
    public static RunCourse? ReadOrNull(RunFolder folder) =>
        folder.ReadMetrics().Count + folder.ReadLosses().Count == 0 ? null : Read(folder);

    /// <summary>Reads a run's.</summary>
    /// <exception cref="MocoException">MS4003: no run is there. MS4009: its metrics are damaged. MS4014: it has not learned anything
    /// yet.</exception>
    public static RunCourse Read(RunFolder folder)
    {
        folder.MustExist();
        IReadOnlyList<EpochMetrics> metrics = folder.ReadMetrics();
        IReadOnlyList<UpdateLoss> updates = folder.ReadLosses();
        if (metrics.Count == 0 && updates.Count == 0)
            throw new MocoException(ErrorIds.NothingLearned, "the run has no losses yet: it was stopped before its first checkpoint",
                at: folder.Root, fix: $"train it further: moco resume {CommandText.Quoted(folder.Root)}");
        string name = Path.GetFileName(folder.Root);
        double pace = metrics is [.., { Epoch: > 0, Step: > 0 } last] ? (double)last.Step / last.Epoch : FirstPace(folder, updates);
        if (updates.Count == 0)
            return new RunCourse(name, ([.. metrics.Select(static line => (double)line.Epoch)],
                [.. metrics.Select(static line => line.Loss)]), IsEveryUpdate: false, metrics)
            {
                Updates = metrics[^1].Step,
            };
        return new RunCourse(name, ([.. updates.Select(update => EpochOf(update.Step, metrics, pace))],
            [.. updates.Select(static update => update.Loss)]), IsEveryUpdate: true, metrics)
        {
            Updates = updates[^1].Step,
        };
    }

    /// <summary>Updates an epoch where none has ended: as pictures and batch have it. Where the number of pictures is lost, the updates
    /// until now count as one epoch.</summary>
    private static double FirstPace(RunFolder folder, IReadOnlyList<UpdateLoss> updates)
    {
        RunRecord record = RunRecord.Open(folder, static _ => { });
        int pictures = record.Environment?.Pictures ?? 0,
            update = record.Recipe.Recipe.Training.BatchSize * record.Recipe.Recipe.Training.Accumulate;
        return pictures >= update ? pictures / update : Math.Max(1, updates.Count > 0 ? updates[^1].Step : 1);
    }

    /// <summary>How many epochs are done after an update: between epochs that ended, by the updates that they took; behind the last, at its
    /// pace.</summary>
    /// <param name="step">Updates done.</param>
    /// <param name="metrics">The epochs that ended.</param>
    /// <param name="pace">Updates an epoch behind them.</param>
    private static double EpochOf(long step, IReadOnlyList<EpochMetrics> metrics, double pace)
    {
        (long Step, int Epoch) before = (0, 0);
        foreach (EpochMetrics line in metrics)
        {
            if (step <= line.Step) return before.Epoch + (double)(step - before.Step) / Math.Max(1, line.Step - before.Step)
                * (line.Epoch - before.Epoch);
            before = (line.Step, line.Epoch);
        }
        return before.Epoch + (step - before.Step) / pace;
    }
}
