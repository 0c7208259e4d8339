using MocoSharp.Runs;

namespace MocoSharp.Charts;

/// <summary>What a run keeps of its course.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Losses">By epochs, in nats.</param>
/// <param name="IsEveryUpdate">Whether <paramref name="Losses"/> has each update's and not each epoch's.</param>
/// <param name="Knn">Top-1 of the kNN test in percent, after so many epochs.</param>
internal sealed record RunCourse(
    string Name, (double[] Epochs, double[] Values) Losses, bool IsEveryUpdate, IReadOnlyList<(int Epoch, double Percent)> Knn)
{
    internal static RunCourse Read(RunFolder folder)
    {
        folder.MustExist();
        IReadOnlyList<EpochMetrics> metrics = folder.ReadMetrics();
        IReadOnlyList<UpdateLoss> updates = folder.ReadLosses();
        if (metrics.Count == 0 && updates.Count == 0)
            throw new MocoException(ErrorIds.NothingLearned, "the run has no losses yet: it was stopped before its first checkpoint",
                at: folder.Root, fix: $"train it further: moco resume {CommandText.Quoted(folder.Root)}");
        string name = Path.GetFileName(folder.Root);
        (int, double)[] knn = [.. metrics.Where(static line => line.Knn is not null).Select(static line => (line.Epoch, line.Knn!.Value))];
        if (updates.Count == 0)
            return new RunCourse(name, ([.. metrics.Select(static line => (double)line.Epoch)],
                [.. metrics.Select(static line => line.Loss)]), IsEveryUpdate: false, knn);
        return new RunCourse(name, ([.. updates.Select(update => EpochOf(update.Step, metrics))],
            [.. updates.Select(static update => update.Loss)]), IsEveryUpdate: true, knn);
    }

    /// <summary>How many epochs are done after an update: between epochs that ended, by the updates that they took; behind the last, at its
    /// pace.</summary>
    private static double EpochOf(long step, IReadOnlyList<EpochMetrics> metrics)
    {
        (long Step, int Epoch) before = (0, 0);
        foreach (EpochMetrics line in metrics)
        {
            if (step <= line.Step) return before.Epoch + (double)(step - before.Step) / Math.Max(1, line.Step - before.Step)
                * (line.Epoch - before.Epoch);
            before = (line.Step, line.Epoch);
        }
        double pace = before.Step > 0 ? (double)before.Step / before.Epoch : step;
        return before.Epoch + (step - before.Step) / pace;
    }
}
