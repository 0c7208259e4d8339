using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Where a run's pictures are now, when they were moved; all empty for where they were.</summary>
/// <param name="Data">Given as often as for training.</param>
/// <param name="Test">Test pictures that have a place of their own.</param>
/// <param name="Labels">Where labels come from.</param>
public sealed record MovedPictures(IReadOnlyList<string>? Data = null, string? Test = null, string? Labels = null)
{
    internal TrainingData Open(RunRecord run) =>
        TrainingData.Open(Data is { Count: > 0 } ? Data : run.Known().Data, Test ?? run.Environment?.Test, run.Recipe.Recipe.Data,
        LabelsFrom.Parse(Labels ?? run.Environment?.Labels ?? "auto"));
}
