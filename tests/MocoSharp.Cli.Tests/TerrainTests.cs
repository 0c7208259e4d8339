using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary>Terrain tiles from their making to their tests, by the tool alone.</summary>
public sealed class TerrainTests : Workbench
{
    [Fact]
    public void Tiles_are_made_shown_trained_on_and_tested_by_both_kinds_of_labels()
    {
        string tiles = Tiles();
        Image sheet = ImageDecoder.Load(At("sheet.png"));
        Assert.True(sheet.Width > sheet.Height / 2);
        Tool.Run(["views", "terrain-combined", "--data", tiles, "-o", At("views.png"), "--count", "2", .. TerrainSettings]).Succeeded();
        Tool.Run(["train", "terrain-combined", "--data", tiles, "--labels", Path.Combine(tiles, "age.csv"), "--run", At("run"), "--epochs",
            "1", .. TerrainSettings]).Succeeded();
        Tool age = Tool.Run("eval", "views", At("run")).Succeeded(),
            ridges = Tool.Run("eval", "views", At("run"), "--labels", Path.Combine(tiles, "ridges.csv")).Succeeded();
        Assert.All(["color histogram", "view 0: terrain", "view 1: segmentation", "view 2: height", "all views"],
            row => Assert.Contains(row, age.Out, StringComparison.Ordinal));
        Assert.Contains("4 classes", ridges.Out, StringComparison.Ordinal);
        Assert.Equal(["views-on-ridges-", "views.json"], Directory.EnumerateFiles(At("run", "eval"))
            .Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)
            .Select(static name => name[..Math.Min(16, name.Length)]));
    }

    [Fact]
    public void Heights_of_eight_bits_are_said_before_training()
    {
        string tiles = Tiles();
        File.WriteAllBytes(Path.Combine(tiles, "train", "00000_h.png"), ImageEncoder.Png(new Image(64, 64, 1)));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", .. TerrainSettings])
            .Succeeded();
        Assert.Contains("have 8 bits a sample", tool.Out + tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_partner_ends_with_its_name_and_a_way_out()
    {
        string tiles = Tiles();
        File.Delete(Path.Combine(tiles, "train", "00003_i2.png"));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), .. TerrainSettings]);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("00003_t.png has no 'segmentation'", tool.Error, StringComparison.Ordinal);
        Assert.Contains("fix:", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_are_tested_on_the_runs_own_test_scenes_or_on_others_that_are_named()
    {
        string tiles = Tiles();
        foreach (string part in new[] { "train", "test" })
            // classes by folder, so that both parts stand alone
            foreach (string file in Directory.GetFiles(Path.Combine(tiles, part), "*.png"))
            {
                string folder = Directory.CreateDirectory(Path.Combine(tiles, part, (Path.GetFileName(file)[4] - '0') % 2 == 0 ? "even"
                    : "odd")).FullName;
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        string test = Path.Combine(tiles, "test"), elsewhere = At("elsewhere");
        Tool.Run(["train", "terrain-combined", "--data", Path.Combine(tiles, "train"), "--test", test, "--run", At("run"), "--epochs", "1",
            .. TerrainSettings]).Succeeded();
        Assert.Contains("2 classes", Tool.Run("eval", "views", At("run")).Succeeded().Out, StringComparison.Ordinal);
        Directory.Move(test, elsewhere);
        Assert.Equal(ExitCode.Failed, Tool.Run("eval", "views", At("run")).Code);
        Assert.Contains("2 classes", Tool.Run("eval", "views", At("run"), "--test", elsewhere).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Heights_of_eight_bits_among_the_test_scenes_are_said_too()
    {
        string tiles = Tiles();
        File.WriteAllBytes(Path.Combine(tiles, "test", "00001_h.png"), ImageEncoder.Png(new Image(64, 64, 1)));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", .. TerrainSettings])
            .Succeeded();
        Assert.Contains("of the test pictures: 1 of the 6 files of 'height' have 8 bits", Joined(tool), StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_colors_off_the_palette_are_said_before_training()
    {
        string tiles = Tiles(), file = Path.Combine(tiles, "train", "00003_i2.png");
        Image cover = ImageDecoder.Load(file);
        for (int pixel = 0; pixel < 4; pixel++)
            (cover.Samples[3 * pixel], cover.Samples[3 * pixel + 1], cover.Samples[3 * pixel + 2]) = (255, 0, 255);
        File.WriteAllBytes(file, ImageEncoder.Png(cover));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", .. TerrainSettings])
            .Succeeded();
        Assert.Contains(
            "1 of the 12 files of 'segmentation' that were looked at have colors farther than 60 from the palette, 0.0977% of their pixels",
            Joined(tool), StringComparison.Ordinal);
    }

    // long lines are broken at the terminal's width
    private static string Joined(Tool tool) => (tool.Out + tool.Error).ReplaceLineEndings(" ");
}
