using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Listens to a training on the training's own thread.</summary>
internal sealed class Watch(Action<StepReport>? onStep = null, Action<string>? onDoing = null) : IProgress<RunProgress>
{
    internal List<string> Warnings { get; } = [];

    public void Report(RunProgress value)
    {
        switch (value)
        {
            case StepReport step: onStep?.Invoke(step); break;
            case Doing doing: onDoing?.Invoke(doing.What); break;
            case RunWarning warning: Warnings.Add(warning.Text); break;
        }
    }

    /// <summary>An early end; null for none.</summary>
    internal static StopAfter? Epochs(int? count) => count is { } epochs ? StopAfter.Epochs(epochs) : null;

    internal static StopAfter? Steps(long? count) => count is { } steps ? StopAfter.Steps(steps) : null;
}
