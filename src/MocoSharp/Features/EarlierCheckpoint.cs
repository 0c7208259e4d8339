using System.Globalization;
using MocoSharp.Methods;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>A run as it was at one of the checkpoints that it keeps.</summary>
internal static class EarlierCheckpoint
{
    private const string Best = "best";

    /// <summary>Finds it, and writes its encoder beside the run's own unless it lies there already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">best, or the number of an update.</param>
    /// <exception cref="MocoException">MS4013: the run keeps no such checkpoint. MS4006: it is damaged.</exception>
    internal static RunFolder Of(RunRecord run, string name)
    {
        RunFolder folder = run.Folder.At(StepOf(run, name));
        _ = new CheckpointStore(folder).Verify(folder.Step!.Value, run.Environment);
        using TensorScope scope = TensorScope.Begin();
        using Method method = ComparedNetwork.MethodOf(folder, run.Recipe.Recipe, isTrained: true, warned: null);
        // a run that went on otherwise may have come to this update again, with other weights
        if (!EncoderFile.Holds(folder.Encoder, method.Encoder))
            EncoderFile.Write(folder.Encoder, method.Encoder, run.Environment?.Identity, run.Recipe.Recipe);
        return folder;
    }

    private static long StepOf(RunRecord run, string name)
    {
        IReadOnlyList<long> steps = run.Folder.Steps();
        if (name == Best)
        {
            long? best = new CheckpointStore(run.Folder).Witness(run.Environment)?.BestStep;
            return best is { } step && steps.Contains(step) ? step : throw Missing(run, steps, best is null
                ? "the run has no best checkpoint: it was never tested by kNN while it trained"
                : $"the best checkpoint, that of update {best}, is not kept");
        }
        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && steps.Contains(number)
            ? number : throw Missing(run, steps, $"the run keeps no checkpoint '{name}'");
    }

    private static MocoException Missing(RunRecord run, IReadOnlyList<long> steps, string what) =>
        new(ErrorIds.NoSuchCheckpoint, what, at: run.Folder.Checkpoints,
        fix: steps.Count == 0 ? "train it further first"
        : $"take one of these: {string.Join(", ", steps.Order())}; checkpoints.keep and checkpoints.keepBest say which are kept");
}
