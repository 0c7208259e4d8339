using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary>Shipped recipes on data of the kind that they are made for, at their smallest.</summary>
public sealed class OwnDataTests : Workbench
{
    private const int StlPicture = 3 * 96 * 96;

    private static readonly string[] s_stl =
    [
        "--set", "encoder.width=0.125", "--set", "encoder.side=32", "--set", "method.supportLength=16", "--set", "training.batchSize=8",
            "--set", "views.0.steps.1.randomResizedCrop.size=32",
        "--set", "probe.view.steps.1.randomResizedCrop.size=32", "--set", "monitor.everyEpochs=1", "--set", "monitor.neighbors=5",
    ];

    [Fact]
    public void Keras_NNCLR_learns_from_STL10s_unlabeled_pictures_with_labeled_ones_beside_them()
    {
        Tool.Run(["train", "nnclr-stl10-keras", "--data", Stl10(), "--run", At("run"), "--epochs", "1", "--set", "probe.batchSize=4",
            .. s_stl]).Succeeded();
        string metrics = File.ReadAllText(At("run", "metrics.jsonl"));
        Assert.All(["p_acc", "val_p_acc", "c_acc", "r_acc", "neighbor_purity", "knn"],
            name => Assert.Contains($"\"{name}\":", metrics, StringComparison.Ordinal));
        // the unlabeled ones
        Assert.Contains("\"fingerprint\": \"24-", File.ReadAllText(At("run", "environment.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_labeled_pictures_than_the_probes_batch_are_refused()
    {
        Tool tool = Tool.Run(["train", "nnclr-stl10-keras", "--data", Stl10(), "--run", At("run"), .. s_stl, "--set", "probe.batchSize=21",
            "--set", "method.supportLength=64"]);
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("probe.batchSize is 21, and 20 pictures are labeled", tool.Error, StringComparison.Ordinal);
        Assert.Contains("fix: set probe.batchSize to 20 or less", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fastai_MoCo_makes_two_steps_on_small_gray_pictures()
    {
        foreach ((string part, int count) in new[] { ("train", 8), ("valid", 4) })
            for (int i = 0; i < 2 * count; i++) Digit(At("digits", part, i % 2 == 0 ? "3" : "7", $"{i}.png"), i);
        Tool.Run("train", "fastai-moco-mnist-tiny", "--data", At("digits"), "--run", At("run"), "--max-steps", "2", "--set",
            "encoder.width=0.125", "--set", "monitor.neighbors=5").Succeeded();
        string metrics = File.ReadAllText(At("run", "metrics.jsonl"));
        Assert.All(["\"step\":2,", "\"knn\":", "\"validation_loss\":"], entry => Assert.Contains(entry, metrics, StringComparison.Ordinal));
    }

    private static void Digit(string path, int seed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Image gray = new(28, 28, 1);
        Rng rng = Rng.For((ulong)seed);
        for (int i = 0; i < gray.Samples.Length; i++) gray.Samples[i] = (byte)rng.NextInt32(256);
        ImageEncoder.Save(gray, path);
    }

    private string Stl10()
    {
        Directory.CreateDirectory(At("stl"));
        Rng rng = Rng.For(1);
        foreach ((string part, int count, bool isLabeled) in new[] { ("train", 20, true), ("test", 10, true), ("unlabeled", 24, false) })
        {
            byte[] pictures = new byte[count * StlPicture];
            for (int i = 0; i < pictures.Length; i++) pictures[i] = (byte)rng.NextInt32(256);
            File.WriteAllBytes(At("stl", $"{part}_X.bin"), pictures);
            if (isLabeled) File.WriteAllBytes(At("stl", $"{part}_y.bin"),
                [.. Enumerable.Range(0, count).Select(static i => (byte)(i % 10 + 1))]);
        }
        return At("stl");
    }
}
