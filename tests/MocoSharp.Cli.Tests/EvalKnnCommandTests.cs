using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class EvalKnnCommandTests : Workbench
{
    [Fact]
    public void The_table_has_pixels_untrained_and_trained_and_the_file_has_the_same()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("eval", "knn", At("run")).Succeeded();
        foreach (string row in new[] { "raw pixels", "untrained encoder", "trained encoder" })
            Assert.Matches(@"\| +\d+\.\d\d% \|$", Assert.Single(tool.Lines, line => line.Contains(" " + row, StringComparison.Ordinal)));
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(At("run", "eval", "knn.json")));
        Assert.Equal(["pixels", "untrained", "trained"], file.RootElement.GetProperty("results").EnumerateArray().Select(static r => r.GetProperty("features").GetString()));
    }

    [Fact]
    public void The_trained_value_is_the_monitors_last_one()
    {
        using JsonDocument trained = JsonDocument.Parse(Train("run", "--json").Succeeded().Out);
        using JsonDocument tested = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--json").Succeeded().Out);
        JsonElement last = tested.RootElement.GetProperty("results").EnumerateArray().Last();
        Assert.Equal(48, last.GetProperty("labels").GetInt32());
        Assert.Equal(Math.Round(trained.RootElement.GetProperty("knn").GetProperty("last").GetDouble(), 2), last.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Projected_features_come_from_the_checkpoint()
    {
        Train("run", "--set", "monitor.features=projected", "--json").Succeeded();
        using JsonDocument tested = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--features", "projected", "--neighbours", "3", "--temperature", "0.07", "--json").Succeeded().Out);
        Assert.Equal("projected", tested.RootElement.GetProperty("features").GetString());
        Assert.Equal(3, tested.RootElement.GetProperty("neighbours").GetInt32());
        string last = File.ReadLines(At("run", "metrics.jsonl")).Last();
        using JsonDocument monitor = JsonDocument.Parse(last);
        using JsonDocument same = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--features", "projected", "--json").Succeeded().Out);
        Assert.Equal(Math.Round(monitor.RootElement.GetProperty("knn").GetDouble(), 2), same.RootElement.GetProperty("results")[2].GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Without_labels_it_says_what_it_needs()
    {
        Tool.Run("train", Recipe, "--data", Flat(20), "--run", At("run"), "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("eval", "knn", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("need labelled pictures", tool.Error, StringComparison.Ordinal);
        Assert.Contains("--test", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_pictures_can_be_named()
    {
        Tool.Run("train", Recipe, "--data", Flat(20), "--run", At("run"), "--epochs", "1").Succeeded();
        Tool.Run("eval", "knn", At("run"), "--data", Pictures()).Succeeded();
    }
}
