using MocoSharp.Imaging.Augment;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>Runs of seconds, in a folder that is deleted with the test.</summary>
public abstract class TinyRuns : TensorTest
{
    private static readonly string[] s_stateFiles = ["weights.safetensors", "optimizer.safetensors"];

    private protected string Root { get; } = Directory.CreateTempSubdirectory("moco-run-").FullName;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(Root, recursive: true);
    }

    private protected static Recipe Recipe(int accumulate = 1, int epochs = 2) => new(
        MocoSharp.Recipes.Recipe.CurrentFormat, "tiny", Tiny.EncoderOptions with { BatchNormSplits = 2 },
        new MoCoOptions(QueueLength: 12, KeyFeatures: 8, HiddenFeatures: [], Temperature: 0.2, KeyMomentum: 0.9),
        [new ViewSettings([new RandomResizedCrop(8), new Flip(0.5f)], ChannelStats.Half, Repeat: 2)],
        new TrainingSettings(epochs, BatchSize: 8 / accumulate, Accumulate: accumulate), new SgdSettings(), new CosineRate(0.05),
        Monitor: new MonitorSettings(EveryEpochs: 1, Neighbors: 5));

    private protected TrainingResult Train(
        string name, Recipe recipe, int? stopAfter = null, Watch? observer = null, int bad = 0, int pictures = 32,
        TimeProvider? time = null, CancellationToken cancel = default)
    {
        using TrainingData data = Data(pictures, bad);
        using TrainingRun run = TrainingRun.Start(new RecipeFile(recipe, ""), data, Path.Combine(Root, name), observer, time);
        return run.Train(Watch.Epochs(stopAfter), cancel);
    }

    private protected TrainingResult Resume(string name, Recipe recipe, Watch? observer = null, int pictures = 32)
    {
        using TrainingData data = Data(pictures);
        using TrainingRun run = TrainingRun.Resume(new RecipeFile(recipe, ""), data, Path.Combine(Root, name), observer);
        return run.Train();
    }

    private protected static TrainingData Data(int pictures = 32, int bad = 0) =>
        new(new TinySource(pictures, bad: bad), new TinySource(10, seed: 2), ["tiny"]);

    private protected static void AssertSameBits(TrainingResult expected, TrainingResult actual)
    {
        Assert.Equal(expected.Steps, actual.Steps);
        foreach (string file in s_stateFiles)
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected.Folder.Checkpoint(expected.Steps), file)),
                File.ReadAllBytes(Path.Combine(actual.Folder.Checkpoint(actual.Steps), file)));
        Assert.Equal(File.ReadAllBytes(expected.Folder.Encoder), File.ReadAllBytes(actual.Folder.Encoder));
    }
}
