using MocoSharp.Torch;

namespace MocoSharp.Runs;

/// <summary>The world that a run goes on in: the one that it was made in, or this machine's, written down.</summary>
internal static class RunWorld
{
    /// <summary>Takes up the one that the run was made in, or writes this one down.</summary>
    /// <param name="folder">The run's.</param>
    /// <param name="now">This machine's.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="resume">Whether the run was begun before.</param>
    /// <param name="warned">Told of what is lost.</param>
    /// <exception cref="MocoException">MS4007: the two differ in what decides the weights.</exception>
    internal static RunEnvironment Prepare(RunFolder folder, RunEnvironment now, TrainingData data, bool resume, Action<string> warned)
    {
        if (!resume || Recorded(folder, warned) is not { } then)
        {
            now.Write(folder);
            return now;
        }
        then.MustEqual(now with { Fingerprint = DataFingerprint.Like(then.Fingerprint, data) }, folder);
        if (then.Device != now.Device) warned($"the run was on {then.Device} and goes on on {now.Device}: its weights will not be those of a run that stayed where it was");
        if (then.Kernels is { } kernels) Kernels.Choices = kernels.GetRawText();
        return then with { Data = now.Data, Test = now.Test, Labels = now.Labels, Device = now.Device, Recipe = then.Recipe ?? now.Recipe };
    }

    private static RunEnvironment? Recorded(RunFolder folder, Action<string> warned)
    {
        if (!File.Exists(folder.Environment) && folder.Steps().Count == 0) return null;      // killed before a word of it was written
        RunEnvironment? then = RunRecord.EnvironmentOf(folder, warned);
        if (then is null) warned("the run goes on with this machine's threads, precision and kernels: weights may differ in the last bits from those of a run that was never stopped");
        return then;
    }
}
