using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary>Terrain tiles from their making to their tests, by the tool alone.</summary>
public sealed class TerrainTests : Workbench
{
    private static readonly string[] s_small =
    [
        "--set", "encoder.width=0.125", "--set", "training.batchSize=4", "--set", "method.hiddenFeatures=[16]", "--set", "method.keyFeatures=8", "--set", "views.0.steps.0.randomCrop.size=32",
        "--set", "views.1.steps.0.randomCrop.size=32", "--set", "views.2.steps.0.randomCrop.size=32", "--set", "views.3.steps.0.centreFit.size=32",
    ];

    [Fact]
    public void Tiles_are_made_shown_trained_on_and_tested_by_both_kinds_of_labels()
    {
        string tiles = Tiles();
        Image sheet = ImageDecoder.Load(At("sheet.png"));
        Assert.True(sheet.Width > sheet.Height / 2);
        Tool.Run(["views", "terrain-combined", "--data", tiles, "-o", At("views.png"), "--count", "2", .. s_small]).Succeeded();
        Tool.Run(["train", "terrain-combined", "--data", tiles, "--labels", Path.Combine(tiles, "age.csv"), "--run", At("run"), "--epochs", "1", .. s_small]).Succeeded();
        Tool age = Tool.Run("eval", "views", At("run")).Succeeded(), ridges = Tool.Run("eval", "views", At("run"), "--labels", Path.Combine(tiles, "ridges.csv")).Succeeded();
        Assert.All(["colour histogram", "view 0: terrain", "view 1: segmentation", "view 2: height", "all views"], row => Assert.Contains(row, age.Out, StringComparison.Ordinal));
        Assert.Contains("4 classes", ridges.Out, StringComparison.Ordinal);
        Assert.Equal(["views-on-ridges-", "views.json"], Directory.EnumerateFiles(At("run", "eval")).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal).Select(static name => name[..Math.Min(16, name.Length)]));
    }

    [Fact]
    public void Heights_of_eight_bits_are_said_before_training()
    {
        string tiles = Tiles();
        File.WriteAllBytes(Path.Combine(tiles, "train", "00000_h.png"), ImageEncoder.Png(new Image(64, 64, 1)));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", .. s_small]).Succeeded();
        Assert.Contains("have 8 bits a sample", tool.Out + tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_partner_ends_with_its_name_and_a_way_out()
    {
        string tiles = Tiles();
        File.Delete(Path.Combine(tiles, "train", "00003_i2.png"));
        Tool tool = Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), .. s_small]);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("00003_t.png has no 'segmentation'", tool.Error, StringComparison.Ordinal);
        Assert.Contains("fix:", tool.Error, StringComparison.Ordinal);
    }

    private string Tiles()
    {
        Tool.Run("data", "terrain", "--count", "12", "--test", "6", "--size", "64", "-o", At("tiles"), "--seed", "3", "--sheet", At("sheet.png")).Succeeded();
        return At("tiles");
    }
}
