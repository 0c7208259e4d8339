using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>Opens the pictures that a run was made with.</summary>
internal static class RunData
{
    internal static TrainingData Open(RunEnvironment environment, DataSettings settings, string? data, string? test) =>
        TrainingData.Open(data ?? environment.Data[0], test ?? environment.Test, settings, LabelsFrom.Parse(environment.Labels));
}
