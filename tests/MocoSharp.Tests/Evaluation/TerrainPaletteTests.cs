using MocoSharp.Evaluation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Terrain;
using MocoSharp.Recipes;

namespace MocoSharp.Tests.Evaluation;

/// <summary>The labels of terrain tiles cannot be read from colours alone.</summary>
public sealed class TerrainPaletteTests
{
    private const int Tiles = 300;

    [Fact]
    public void A_colour_histogram_of_the_map_or_of_its_classes_stays_near_chance_on_age_and_on_ridges()
    {
        TerrainTile[] tiles = new TerrainTile[Tiles];
        Parallel.For(0, Tiles, number => tiles[number] = TerrainGenerator.Make(seed: 6, number, size: 64));
        // three standard deviations of guessing are 8 points
        foreach (Func<TerrainTile, Image> map in new Func<TerrainTile, Image>[] { static tile => tile.Shaded, static tile => tile.Cover })
        {
            Assert.InRange(Accuracy(tiles, map, static tile => (int)tile.Age, classes: 3), 20, 33.3 + 9);
            Assert.InRange(Accuracy(tiles, map, static tile => (int)tile.Ridges, classes: 4), 12, 25 + 9);
        }
    }

    private static double Accuracy(TerrainTile[] tiles, Func<TerrainTile, Image> map, Func<TerrainTile, int> label, int classes)
    {
        ViewPipeline whole = new([new CentreFit(64, Share: 1)], ChannelStats.AsIs);
        FeatureSet histograms = new FeatureExtractor(new DataSettings(), whole, DType.Float32).Extract(new Shown(tiles, map, label, classes), pictures => ColourHistogram.Of(pictures, whole.Stats));
        return 100 * new KnnClassifier(neighbours: 15).EvaluateLeaveOneOut(histograms).Accuracy;
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
