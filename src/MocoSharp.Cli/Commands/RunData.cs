using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Opens the pictures that a run was made with.</summary>
internal static class RunData
{
    /// <summary>The pictures that a run's tests are made on: those of its first path, and its own test pictures.</summary>
    /// <param name="environment">The run's.</param>
    /// <param name="settings">How pictures are read.</param>
    /// <param name="data">Other pictures than the run's; null for these.</param>
    /// <param name="test">Other test pictures; null for the run's, or for those beside <paramref name="data"/>.</param>
    /// <param name="labels">Where labels come from; null for the run's.</param>
    internal static TrainingData Open(RunEnvironment environment, DataSettings settings, string? data, string? test, string? labels = null) =>
        TrainingData.Open(data ?? environment.Data[0], test ?? (data is null ? environment.Test : null), settings,
            labels is null && data is not null && environment.Labels == "none" ? LabelsFrom.Auto : LabelsFrom.Parse(labels ?? environment.Labels));

    /// <summary>All pictures that a run learns from.</summary>
    internal static TrainingData OpenAll(RunEnvironment environment, DataSettings settings, IReadOnlyList<string> data, string? test, string? labels) =>
        TrainingData.Open(data.Count > 0 ? data : environment.Data, test ?? environment.Test, settings, LabelsFrom.Parse(labels ?? environment.Labels));
}
