using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Terrain;

namespace MocoSharp.Tests.Evaluation;

/// <summary>The labels of terrain tiles cannot be read from colors alone.</summary>
public sealed class TerrainPaletteTests
{
    private const int Tiles = 900;

    private static readonly Lazy<TerrainTile[]> Set = new(static () =>
    {
        TerrainTile[] tiles = new TerrainTile[Tiles];
        Parallel.For(0, Tiles, number => tiles[number] = TerrainGenerator.Make(seed: 6, number, size: 64));
        return tiles;
    });

    public static TheoryData<string, string> Cases => new()
    {
        { "map", "age" }, { "map", "ridges" }, { "classes", "age" }, { "classes", "ridges" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void The_nearest_color_histograms_stay_near_chance(string picture, string label)
    {
        FeatureSet all = Histograms(picture, label);
        double accuracy = new KnnClassifier(neighbors: 15).EvaluateLeaveOneOut(all).Accuracy;
        Assert.InRange(accuracy, 0, Chance(all) + 3 * Deviation(all, Tiles));
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_linear_classifier_of_color_histograms_stays_near_chance(string picture, string label)
    {
        FeatureSet all = Histograms(picture, label);
        (FeatureSet train, FeatureSet test) = (Rows(all, 0, 2 * Tiles / 3), Rows(all, 2 * Tiles / 3, Tiles));
        double accuracy = LogisticRegression.Fit(train).Evaluate(test).Accuracy;
        Assert.InRange(accuracy, 0, Chance(test) + 3 * Deviation(test, test.Count));
    }

    /// <summary>The share of the largest class: what a classifier has that knows nothing of the pictures.</summary>
    private static double Chance(FeatureSet features) => features.Labels.CountBy(static label => label)
        .Max(static pair => pair.Value) / (double)features.Count;

    private static double Deviation(FeatureSet features, int count) => Math.Sqrt(Chance(features) * (1 - Chance(features)) / count);

    private static FeatureSet Rows(FeatureSet all, int from, int to) =>
        new(all.Values[(from * all.Dimensions)..(to * all.Dimensions)], all.Dimensions, all.Labels[from..to], all.Classes);

    private static FeatureSet Histograms(string picture, string label)
    {
        Func<TerrainTile, Image> map = picture == "map" ? static tile => tile.Shaded : static tile => tile.Cover;
        (Func<TerrainTile, int> of, int classes) = label == "age" ? ((Func<TerrainTile, int>)(static tile => (int)tile.Age), 3)
            : (static tile => (int)tile.Ridges, 4);
        ViewPipeline whole = new([new CenterFit(64, Share: 1)], ChannelStats.AsIs);
        return new FeatureExtractor(new DataSettings(), whole, Compute.WithoutNetwork)
            .Extract(new Shown(Set.Value, map, of, classes), pictures => ColorHistogram.Of(pictures, whole.Stats));
    }

    private sealed class Shown(TerrainTile[] tiles, Func<TerrainTile, Image> map, Func<TerrainTile, int> label, int classes) : IImageSource
    {
        public int Count => tiles.Length;

        public IReadOnlyList<string> Classes => [.. Enumerable.Range(0, classes).Select(static i => $"{i}")];

        public string Name(int index) => $"{index}";

        public int Label(int index) => label(tiles[index]);

        public Image Load(int index, DecodeRequest request) => map(tiles[index]);

        public void Dispose()
        {
        }
    }
}
