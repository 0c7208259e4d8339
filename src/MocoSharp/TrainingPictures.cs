using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Which pictures a training learns from.</summary>
/// <param name="Data">One or more: a folder as it is, one with <c>train/</c> and <c>test/</c>, <c>val/</c> or <c>valid/</c> inside, or IDX or CIFAR files. Labels and
/// test pictures are the first one's; the others give more pictures to learn from.</param>
/// <param name="Test">Other test pictures than those beside the first one's.</param>
/// <param name="Labels">Where labels come from: auto, none, folders, or the path of a CSV file with the columns file and label.</param>
public sealed record TrainingPictures(IReadOnlyList<string> Data, string? Test = null, string Labels = "auto")
{
    internal TrainingData Open(DataSettings settings) => TrainingData.Open(Data, Test, settings, LabelsFrom.Parse(Labels));
}

/// <summary>Which pictures a run is tested on; all null for the run's own.</summary>
/// <param name="Data">Other pictures than the run's, or where the same ones are now.</param>
/// <param name="Test">Other test pictures than those beside the pictures to learn from.</param>
/// <param name="LabelFile">Labels that came later: a CSV file with the columns file (its path below the pictures' folder) and label.</param>
/// <param name="TestLabelFile">The same for test pictures.</param>
public sealed record TestPictures(string? Data = null, string? Test = null, string? LabelFile = null, string? TestLabelFile = null);

/// <summary>Where a run's pictures are now, when they were moved; all empty for where they were.</summary>
/// <param name="Data">Given as often as for training.</param>
/// <param name="Test">Test pictures that have a place of their own.</param>
/// <param name="Labels">Where labels come from.</param>
public sealed record MovedPictures(IReadOnlyList<string>? Data = null, string? Test = null, string? Labels = null)
{
    internal TrainingData Open(RunRecord run) => TrainingData.Open(Data is { Count: > 0 } ? Data : run.Known().Data, Test ?? run.Environment?.Test, run.Recipe.Recipe.Data,
        LabelsFrom.Parse(Labels ?? run.Environment?.Labels ?? "auto"));
}
