using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary>A folder of its own for one test, with small pictures and a small recipe.</summary>
public abstract class Workbench : IDisposable
{
    protected const int PictureSide = 20, TrainPerClass = 16, TestPerClass = 4;

    private static readonly string[] s_classes = ["blue", "green", "red"];

    protected Workbench()
    {
        Root = Directory.CreateTempSubdirectory("moco-test-").FullName;
        Recipe = At("tiny.yaml");
        File.WriteAllText(Recipe, TinyRecipe);
    }

    protected string Root { get; }

    protected string Recipe { get; }

    protected string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    protected const string TinyRecipe = """
        # A recipe for tests.
        format: 1
        name: tiny
        encoder: { name: resnet18-small, width: 0.125 }
        method: { name: moco, queueLength: 16, keyFeatures: 16, hiddenFeatures: [16], keyMomentum: 0.9 }
        views:
          - repeat: 2
            normalize: half
            steps:
              - randomResizedCrop: { size: 16, area: [0.4, 1] }
              - flip
        training: { epochs: 2, batchSize: 16 }
        optimizer: { name: sgd }
        learningRate: { name: cosine, start: 0.05 }
        monitor: { neighbors: 5 }
        """;

    /// <summary>What makes terrain-combined small enough for tests.</summary>
    protected static string[] TerrainSettings { get; } =
    [
        "--set", "encoder.width=0.125", "--set", "training.batchSize=4", "--set", "method.hiddenFeatures=[16]", "--set",
            "method.keyFeatures=8", "--set", "views.0.steps.0.randomCrop.size=32",
        "--set", "views.1.steps.0.randomCrop.size=32", "--set", "views.2.steps.0.randomCrop.size=32", "--set",
            "views.3.steps.0.centerFit.size=32",
    ];

    /// <summary>Twelve terrain tiles to train on and six to test on, 64 pixels a side, with a sheet of them beside their folder.</summary>
    protected string Tiles()
    {
        Tool.Run("data", "terrain", "--count", "12", "--test", "6", "--size", "64", "-o", At("tiles"), "--seed", "3", "--sheet",
            At("sheet.png")).Succeeded();
        return At("tiles");
    }

    /// <summary>train/ and test/ with three classes that differ in color.</summary>
    protected string Pictures()
    {
        string folder = At("pictures");
        if (Directory.Exists(folder)) return folder;
        foreach ((string part, int count) in new[] { ("train", TrainPerClass), ("test", TestPerClass) })
            for (int label = 0; label < s_classes.Length; label++)
                for (int i = 0; i < count; i++)
                    Draw(Path.Combine(folder, part, s_classes[label], $"{i:00}.png"), label,
                    seed: (ulong)(i + (part == "test" ? 1000 : 0)));
        return folder;
    }

    /// <summary>The weights of a run's newest checkpoint.</summary>
    protected byte[] NewestWeights(string run) =>
        File.ReadAllBytes(Path.Combine(Directory.EnumerateDirectories(At(run, "checkpoints")).Max()!, "weights.safetensors"));

    /// <summary>Pictures without classes.</summary>
    protected string Flat(int count, int side = PictureSide)
    {
        string folder = At("flat");
        for (int i = 0; i < count; i++) Draw(Path.Combine(folder, $"{i:000}.png"), label: i % 3, seed: (ulong)i, side);
        return folder;
    }

    /// <summary>A picture of one color with noise.</summary>
    protected static void Draw(string path, int label, ulong seed, int side = PictureSide)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Image image = new(side, side, 3);
        Rng rng = Rng.For(seed, label);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)(rng.NextInt32(100) + (i % 3 == 2 - label ? 120 : 0));
        ImageEncoder.Save(image, path);
    }

    internal Tool Train(string run, params string[] more) => Tool.Run(["train", Recipe, "--data", Pictures(), "--run", At(run), .. more]);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Root, recursive: true);
}
