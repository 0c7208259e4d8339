using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Which pictures a training learns from.</summary>
/// <param name="Data">One or more: a folder as it is, one with <c>train/</c> and <c>test/</c>, <c>val/</c> or <c>valid/</c> inside, or IDX
/// or CIFAR files. Labels and
/// test pictures are the first one's; the others give more pictures to learn from.</param>
/// <param name="Test">Other test pictures than those beside the first one's.</param>
/// <param name="Labels">Where labels come from: auto, none, folders, or the path of a CSV file with the columns file and label.</param>
public sealed record TrainingPictures(IReadOnlyList<string> Data, string? Test = null, string Labels = "auto")
{
    internal TrainingData Open(DataSettings settings) => TrainingData.Open(Data, Test, settings, LabelsFrom.Parse(Labels));
}
