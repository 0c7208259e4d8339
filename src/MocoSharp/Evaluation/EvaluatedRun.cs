using MocoSharp.Features;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>A run and the pictures that it is tested on: what every test takes.</summary>
/// <param name="Folder">A run's.</param>
/// <param name="Recipe">The run's.</param>
/// <param name="Data">Labeled pictures to learn from and to test on.</param>
/// <param name="Progress">Told what is next, of unreadable pictures, and of what was done otherwise than asked.</param>
public sealed record EvaluatedRun(RunFolder Folder, Recipe Recipe, TrainingData Data, IProgress<RunProgress>? Progress = null)
{
    /// <summary>Who works on it: this process alone by default.</summary>
    internal SharedWork Work { get; init; } = SharedWork.Alone;

    internal Compute Compute { get; } = Compute.Of(Recipe.Training);

    /// <summary>What computes in place of an encoder: an ONNX model; null for an encoder of this library.</summary>
    internal Teacher? Network { get; init; }

    /// <summary>Checks that it is an encoder of this library, with stages and weights that can learn.</summary>
    /// <exception cref="MocoException">MS5391: it is an ONNX model.</exception>
    internal void RequireEncoder(string test)
    {
        if (Network is not null)
            throw new MocoException(ErrorIds.NotOfAModel, $"{test} needs the encoder's layers, and an ONNX model gives its output alone",
                at: Folder.Encoder, fix: "name its weights (PyTorch's or safetensors), or ask 'moco eval knn' or 'moco eval linear'");
    }

    internal void Doing(string what) => Progress.Doing(what);

    internal void Warn(string text) => Progress.Warn(text);

    /// <summary>Reads pictures as the run's recipe says.</summary>
    internal FeatureExtractor Extractor(Imaging.Augment.ViewPipeline view, Compute compute) =>
        new(Recipe.Data, view, compute, Warn) { Work = Work };

    /// <summary>Checks that there is something to test, and something to test it on.</summary>
    /// <exception cref="MocoException">MS5002: there is nothing labeled to test on. MS4003: the run has no encoder yet.</exception>
    internal void Require()
    {
        if (!Data.CanTest)
            throw new MocoException(ErrorIds.NoLabels,
                $"these tests need labeled pictures to learn from and others to test on, and {Data.WhyNoTest}", at: Data.Paths[0],
                fix: Data.Labeled.Classes.Count == 0 && Data.Labels?.CsvPath is { } csv ? $"fill in the column label of {csv}"
                : "name a CSV file of labels (columns file and label) with --label-file, or put pictures into class folders, with "
                + "train/ and test/ around them");
        Folder.MustHaveEncoder();
    }
}
