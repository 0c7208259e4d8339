using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Tests.Training;

/// <summary>How a run reads its pictures: what it keeps in memory, and at which scale it decodes.</summary>
public sealed class ReadingTests : IDisposable
{
    private const int Large = 256, Side = 16;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-reading-").FullName;

    [Fact]
    public void All_sources_of_a_run_share_one_budget()
    {
        const int side = 400, count = 4;        // 469 KiB a picture: 1 MiB holds two, and not two of each source
        foreach (string part in new[] { "train", "test" })
            for (int i = 0; i < count; i++) Save(side, part, "one", $"{i}.png");
        using TrainingData data = TrainingData.Open(_root, testPath: null, new DataSettings(CacheMegabytes: 1));
        foreach (IImageSource source in new[] { data.Train, data.Test! })
            for (int i = 0; i < count; i++) _ = source.Load(i, new DataSettings().Request());
        long train = ((MemoryCachedSource)data.Train).UsedBytes, test = ((MemoryCachedSource)data.Test!).UsedBytes;
        Assert.InRange(train, 2 * side * side * 3, 1 << 20);
        Assert.InRange(train + test, train, 1 << 20);
    }

    [Fact]
    public void Training_decodes_photographs_at_the_scale_that_the_recipe_allows_and_tests_at_full_size()
    {
        for (int i = 0; i < 4; i++) Save(Large, "train", "one", $"{i}.jpg");
        Recipe recipe = Recipe(4 * Side);
        using TrainingData data = TrainingData.Open(_root, testPath: null, recipe.Data);
        (float[] full, float[] scaled) = (View(Recipe(0), data), View(recipe, data));
        double apart = full.Zip(scaled, static (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(apart, 1e-6, 0.05);          // slightly: the samples lie in -1 ... 1, and the waves take up most of that
        DecodeRequest learning = recipe.Data.Request() with { ShorterSide = 4 * Side };
        Assert.Equal(4 * Side, data.Train.Load(0, learning).Width);
        Assert.Same(data.Train.Load(0, learning), data.Train.Load(0, learning));        // kept as training asks for it
        Assert.Equal(Large, data.Train.Load(0, recipe.Data.Request()).Width);
    }

    [Fact]
    public void A_scale_below_nothing_or_of_paired_pictures_is_refused()
    {
        Assert.Contains("decodeShorterSide is -1",
            Assert.Throws<OptionException>(static () => new DataSettings(DecodeShorterSide: -1).InBounds()).Message,
            StringComparison.Ordinal);
        Assert.Contains("data.decodeShorterSide is 64",
            Assert.Throws<RecipeException>(static () => RecipeFile.Load("terrain-combined", ["data.decodeShorterSide=64"])).Message,
            StringComparison.Ordinal);
        Assert.Equal(64, RecipeFile.Load("moco-cifar10", ["data.decodeShorterSide=64"]).Recipe.Data.DecodeShorterSide);
        Assert.Equal(0, RecipeFile.Load("moco-cifar10", []).Recipe.Data.DecodeShorterSide);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static float[] View(Recipe recipe, TrainingData data)
    {
        using ViewBatch batch = new EpochLoaders(data.Train, recipe).Epoch(0, sizeOf: 0, firstBatch: 0, CancellationToken.None).First();
        return batch.View(0).ToArray();
    }

    private static Recipe Recipe(int shorterSide) => new(
        MocoSharp.Recipes.Recipe.CurrentFormat, "tiny", Tiny.EncoderOptions,
        new MoCoOptions(QueueLength: 4, KeyFeatures: 8, HiddenFeatures: []),
        [new ViewSettings([new CenterFit(Side)], ChannelStats.Half, Repeat: 2)],
        new TrainingSettings(1, BatchSize: 4), new SgdSettings(), new CosineRate(0.05),
        Data: new DataSettings(DecodeShorterSide: shorterSide));

    /// <summary>Smooth waves with a little noise, so that scales differ and pictures look alike.</summary>
    private void Save(int side, params string[] place)
    {
        string path = Path.Combine([_root, .. place]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Image image = new(side, side, 3);
        Rng rng = Rng.For(seed: 1, sample: path.Length);
        for (int i = 0; i < image.Samples.Length; i++)
        {
            (int y, int x) = Math.DivRem(i / 3, side);
            image.Samples[i] = (byte)(128 + 60 * Math.Sin(0.11 * x) + 40 * Math.Cos(0.07 * y) + rng.NextInt32(20));
        }
        ImageEncoder.Save(image, path);
    }
}
