using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Tests.Datasets;
using MocoSharp.Terrain;

namespace MocoSharp.Imaging.Tests.Terrain;

public sealed class TerrainTests
{
    [Fact]
    public void A_folder_that_holds_something_is_left_as_it_is()
    {
        using TempFolder folder = new();
        folder.Write("age.csv", "mine");
        ImagingException error = Assert.Throws<ImagingException>(() =>
            TerrainSet.Write(folder.Root, new TerrainSetOptions(Count: 1, Test: 0, Size: 32)));
        Assert.Equal(ErrorIds.SetFolderInUse, error.Id);
        Assert.Equal("mine", File.ReadAllText(folder["age.csv"]));
    }

    [Fact]
    public void One_worker_and_two_write_the_same_bytes_and_another_seed_others()
    {
        using TempFolder one = new(), two = new(), other = new();
        TerrainSetOptions options = new(Count: 3, Test: 1, Size: 48, Seed: 4);
        TerrainSet.Write(one.Root, options with { Workers = 1 });
        TerrainSet.Write(two.Root, options with { Workers = 2 });
        TerrainSet.Write(other.Root, options with { Seed = 5 });
        string[] files = [.. Directory.GetFiles(one.Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(one.Root, path))];
        Assert.Equal(4 * 3 + 2, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(one[file]), File.ReadAllBytes(two[file])));
        Assert.NotEqual(File.ReadAllBytes(one["train/00000_h.png"]), File.ReadAllBytes(other["train/00000_h.png"]));
    }

    [Fact]
    public void A_set_opens_as_paired_scenes_with_labels_and_deep_heights()
    {
        using TempFolder folder = new();
        TerrainSet.Write(folder.Root, new TerrainSetOptions(Count: 24, Test: 2, Size: 48));
        Modality[] kinds =
        [
            new PictureModality("terrain", "_t.png"), new DepthModality("height", "_h.png"),
            new PaletteModality("cover", "_i2.png",
                [[17, 141, 215], [225, 227, 155], [127, 173, 123], [185, 122, 87], [230, 200, 181], [150, 150, 150], [193, 190, 175]],
                Tolerance: 0, MaximumFarShare: 0),
        ];
        using DataSplits splits = DataSets.Open(folder.Root,
            new SourceOptions { Modalities = kinds, Labels = LabelsFrom.Csv(folder[TerrainSet.RidgeLabels]) });
        Assert.Equal((24, 2), (splits.Train.Count, splits.Test!.Count));
        Assert.Empty(((PairedSource)splits.Train).Notes);
        for (int i = 0; i < 24; i++)
        {
            Assert.InRange(splits.Train.Label(i), 0, 3);
            Assert.Equal(2, splits.Train.Load(i, default).Partners.Count);
        }
    }

    [Fact]
    public void Light_on_a_cover_has_one_distribution_on_all_tiles()
    {
        var covers = Enumerable.Range(0, 12).Select(static number => TerrainGenerator.Make(seed: 7, number, size: 96))
            .SelectMany(static tile =>
            Enumerable.Range(0, 96 * 96).GroupBy(point => (tile.Cover.Samples[3 * point], tile.Cover.Samples[3 * point + 1]),
            point => tile.Shaded.Samples[3 * point])
                .Select(static cover => (cover.Key, Reds: cover.Order().ToArray())));
        var tested = covers.Where(static cover => cover.Key != (17, 141) && cover.Reds.Length >= 500)
            .ToLookup(static cover => cover.Key, static cover => cover.Reds);
        Assert.True(tested.Count >= 4);
        foreach (var reds in tested)
            foreach (double share in new[] { 0.05, 0.25, 0.5, 0.75, 0.95 })
                Assert.InRange(reds.Max(all => (int)all[(int)(share * all.Length)]) - reds.Min(all => (int)all[(int)(share * all.Length)]),
                    0, 2);
    }

    // the labels are there: the slopes' main direction is across the ridges
    [Fact]
    public void Heights_slope_across_the_ridges()
    {
        int right = 0, tiles = 60;
        for (int number = 0; number < tiles; number++)
        {
            TerrainTile tile = TerrainGenerator.Make(seed: 2, number, size: 96);
            (double xx, double yy, double xy) = (0, 0, 0);
            for (int y = 1; y < 95; y++)
                for (int x = 1; x < 95; x++)
                {
                    double dx = tile.Heights.Samples[y * 96 + x + 1] - tile.Heights.Samples[y * 96 + x - 1],
                        dy = tile.Heights.Samples[(y - 1) * 96 + x] - tile.Heights.Samples[(y + 1) * 96 + x];
                    (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy);
                }
            double along = 0.5 * Math.Atan2(2 * xy, xx - yy) + Math.PI / 2;
            right += (int)Math.Round(along / (Math.PI / 4)) % 4 == (int)tile.Ridges ? 1 : 0;
        }
        Assert.True(right > 0.7 * tiles, $"{right} of {tiles}");
    }

    [Fact]
    public void Old_land_is_smoother_than_young_land()
    {
        double Roughness(TerrainTile tile)
        {
            double sum = 0;
            for (int i = 97; i < 96 * 95 - 1; i++)
                sum += Math.Abs(tile.Heights.Samples[i - 1] + tile.Heights.Samples[i + 1] - 2.0 * tile.Heights.Samples[i]);
            return sum / (96 * 95) / 65535;
        }
        ILookup<ErosionAge, double> rough = Enumerable.Range(0, 40)
            .Select(static number => TerrainGenerator.Make(seed: 3, number, size: 96)).ToLookup(static tile => tile.Age, Roughness);
        Assert.Equal(3, rough.Count);
        Assert.True(rough[ErosionAge.Old].Average() < rough[ErosionAge.Mature].Average());
        Assert.True(rough[ErosionAge.Old].Average() < 0.6 * rough[ErosionAge.Young].Average());
    }
}
