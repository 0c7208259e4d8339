using System.Text.Json;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

/// <summary><c>moco map</c>.</summary>
public sealed class MapCommandTests : Workbench
{
    [Fact]
    public void A_wrong_choice_is_answered_with_what_there_is()
    {
        Tool tool = Tool.Run("map", "a.npy", "-o", "a.png", "--metric", "manhattan");
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("--metric is 'manhattan', and it takes euclidean or cosine", tool.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_becomes_a_map_with_its_pictures_a_table_and_a_map_for_others()
    {
        string file = Embedded();
        Tool tool = Tool.Run("map", file, "-o", At("map.png"), "--data", At("pictures"), "--points", At("points.csv"), "--keep",
            At("kept.safetensors"), "--tile", "24").Succeeded();
        Assert.Contains("trustworthiness", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("of them drawn", tool.Flat, StringComparison.Ordinal);
        Image map = ImageDecoder.Load(At("map.png"));
        Assert.Equal((1600, 1200), (map.Width, map.Height));
        Assert.True(DarkPixels(map, top: 0, bottom: 60) > 200, "the title has no ink");
        Assert.Equal(File.ReadLines(At("points.csv")).Count(), 1 + PictureCount());

        Tool onto = Tool.Run("map", file, "-o", At("onto.svg"), "--onto", At("kept.safetensors")).Succeeded();
        Assert.Contains("pictures, UMAP", File.ReadAllText(At("onto.svg")), StringComparison.Ordinal);
        Assert.Contains($"{2 * PictureCount()} pictures", onto.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_mapped_in_one_command()
    {
        Train("run", "--epochs", "1").Succeeded();
        Assert.Contains("add --data", Tool.Run("map", At("run"), "-o", At("map.png")).Flat, StringComparison.Ordinal);
        Tool.Run("map", At("run"), "-o", At("map.png"), "--data", At("pictures")).Succeeded();
        using EmbeddingsFile file = EmbeddingsFile.Open(At("map.parquet"));
        Assert.Equal(PictureCount(), file.Count);
    }

    [Fact]
    public void What_is_there_stays_and_a_program_gets_a_document()
    {
        string file = Embedded();
        Tool.Run("map", file, "-o", At("map.png"), "--method", "pca").Succeeded();
        byte[] before = File.ReadAllBytes(At("map.png"));
        Assert.Contains("allow to replace it: --force", Tool.Run("map", file, "-o", At("map.png")).Flat, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(At("map.png")));
        Tool forced = Tool.Run("map", file, "-o", At("map.png"), "--force", "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(forced.Out);
        Assert.Equal(PictureCount(), document.RootElement.GetProperty("pictures").GetInt32());
    }

    [Fact]
    public void Points_take_their_color_from_any_column()
    {
        string file = Embedded();
        Tool wrong = Tool.Run("map", file, "-o", At("map.png"), "--color", "weather");
        Assert.Contains("neither label, cluster nor FILE.csv:COLUMN", wrong.Flat, StringComparison.Ordinal);
        File.WriteAllLines(At("weather.csv"), ["name,weather",
            .. Directory.EnumerateFiles(At("pictures"), "*.png", SearchOption.AllDirectories).Select(
            (path, at) => $"{Path.GetRelativePath(At("pictures"), path)},{(at % 2 == 0 ? "rain" : "sun")}")]);
        Assert.Contains("its columns are name, weather", Tool.Run("map", file, "-o", At("map.png"), "--color",
            $"{At("weather.csv")}:wind").Flat, StringComparison.Ordinal);
        Tool.Run("map", file, "-o", At("map.svg"), "--color", $"{At("weather.csv")}:weather").Succeeded();
        Assert.Contains("rain (", File.ReadAllText(At("map.svg")), StringComparison.Ordinal);
        File.WriteAllLines(At("heat.csv"), ["name,heat",
            .. Directory.EnumerateFiles(At("pictures"), "*.png", SearchOption.AllDirectories).Select(
            (path, at) => $"{Path.GetRelativePath(At("pictures"), path)},{at - 7.5}")]);
        Tool.Run("map", file, "-o", At("heat.svg"), "--color", $"{At("heat.csv")}:heat").Succeeded();
        string[] words = [.. File.ReadLines(At("heat.svg")).Select(static line => line.Trim())];
        Assert.Contains("-7.5", words);
        // no legend of numbers as classes
        Assert.DoesNotContain(words, static word => word.EndsWith(" more", StringComparison.Ordinal));
    }

    [Theory, InlineData(360, false), InlineData(1400, true)]
    public void A_page_shows_the_map_and_says_what_its_colors_mean(int width, bool isDark)
    {
        Browser.Require();
        string file = Embedded();
        Tool tool = Tool.Run("map", file, "-o", At("map.html"), "--data", At("pictures"), "--title", "Mine <&>").Succeeded();
        Assert.Contains($"{PictureCount()} of them drawn", tool.Flat, StringComparison.Ordinal);
        Layout layout = Browser.Open(At("map.html"), width, isDark);
        Assert.Empty(layout.Console);
        Assert.Empty(layout.Requests);
        Assert.True(layout.ScrollWidth <= width, $"the page is {layout.ScrollWidth} pixels wide in a window of {width}");
        Assert.True(layout.LeastContrast >= 4.5, $"the contrast of '{layout.LeastContrastOf}' is {layout.LeastContrast:0.0}");
        Assert.StartsWith("Mine <&>", layout.Text, StringComparison.Ordinal);
        foreach (string name in Directory.EnumerateDirectories(At("pictures", "train")).Select(static path => Path.GetFileName(path)!))
            Assert.Contains($"{name} (", layout.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_another_folder_are_told()
    {
        string file = Embedded();
        Directory.CreateDirectory(At("other"));
        File.WriteAllBytes(Path.Combine(At("other"), "x.png"), ImageEncoder.Png(new Image(4, 4, 3)));
        Assert.Contains("it is not in this folder: is it the one that was embedded?",
            Tool.Run("map", file, "-o", At("map.png"), "--data", At("other")).Succeeded().Flat, StringComparison.Ordinal);
    }

    private string Embedded()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", At("pictures"), "-o", At("e.parquet")).Succeeded();
        return At("e.parquet");
    }

    private int PictureCount() => Directory.EnumerateFiles(At("pictures"), "*.png", SearchOption.AllDirectories).Count();

    private static int DarkPixels(Image image, int top, int bottom) =>
        Enumerable.Range(top, bottom - top).Sum(y => image.Row(y).ToArray().Count(static sample => sample < 100));
}
