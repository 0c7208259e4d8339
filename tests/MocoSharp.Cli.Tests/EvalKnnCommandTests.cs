using System.Text.Json;
using MocoSharp.Evaluation;
using MocoSharp.Features;

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
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(At("run", "eval", "knn-backbone-k5-t0.1.json")));
        Assert.Equal(["pixels", "untrained", "trained"], file.RootElement.GetProperty("results").EnumerateArray()
            .Select(static r => r.GetProperty("features").GetString()));
    }

    [Fact]
    public void The_trained_encoders_mistakes_are_shown_and_kept()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("eval", "knn", At("run")).Succeeded();
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(At("run", "eval", "knn-backbone-k5-t0.1.json")));
        int[][] counts = [.. file.RootElement.GetProperty("confusion").EnumerateArray()
            .Select(static row => row.EnumerateArray().Select(static count => count.GetInt32()).ToArray())];
        double accuracy = file.RootElement.GetProperty("results")[2].GetProperty("accuracy").GetDouble();
        Assert.Equal(accuracy, 100.0 * counts.Select(static (row, truth) => row[truth]).Sum() / counts.Sum(static row => row.Sum()),
            tolerance: 0.01);
        foreach (JsonElement one in file.RootElement.GetProperty("classes").EnumerateArray())
            Assert.Contains(tool.Lines, line => line.StartsWith($"| {one.GetProperty("name").GetString()} ", StringComparison.Ordinal));
        Assert.True(new FileInfo(At("run", "eval", "knn-backbone-k5-t0.1.png")).Length > 0);
    }

    [Fact]
    public void The_mistakes_are_those_of_the_trained_encoder_and_not_of_what_stands_beside_it()
    {
        ConfusionMatrix[] of = [.. Enumerable.Range(0, 3).Select(static taken => new ConfusionMatrix(["a", "b", "c"], [0], [taken]))];
        string[] features = [FeatureScore.Pixels, FeatureScore.Untrained, FeatureScore.Trained];
        IEnumerable<FeatureScore> scores = features.SelectMany((name, i) =>
            new[] { new FeatureScore(name, FeatureScore.Knn, 1, 0, Confusion: of[i]),
            new FeatureScore(name, FeatureScore.Linear, 1, 0, 0, 2) });
        Assert.Same(of[2], new KnnResult("run", 1, 1, "backbone", [.. scores]).Matrix);
    }

    [Fact]
    public void The_trained_value_is_the_monitors_last_one()
    {
        using JsonDocument trained = JsonDocument.Parse(Train("run", "--json").Succeeded().Out);
        using JsonDocument tested = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--json").Succeeded().Out);
        JsonElement last = tested.RootElement.GetProperty("results").EnumerateArray().Last();
        Assert.Equal(48, last.GetProperty("labels").GetInt32());
        Assert.Equal(Math.Round(trained.RootElement.GetProperty("knn").GetProperty("last").GetDouble(), 2),
            last.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Projected_features_come_from_the_checkpoint()
    {
        Train("run", "--set", "monitor.features=projected", "--json").Succeeded();
        using JsonDocument tested = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--features", "projected", "--neighbors", "3",
            "--temperature", "0.07", "--json").Succeeded().Out);
        Assert.Equal("projected", tested.RootElement.GetProperty("features").GetString());
        Assert.Equal(3, tested.RootElement.GetProperty("neighbors").GetInt32());
        string last = File.ReadLines(At("run", "metrics.jsonl")).Last();
        using JsonDocument monitor = JsonDocument.Parse(last);
        using JsonDocument same = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--features", "projected", "--json")
            .Succeeded().Out);
        Assert.Equal(Math.Round(monitor.RootElement.GetProperty("knn").GetDouble(), 2),
            same.RootElement.GetProperty("results")[2].GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Without_labels_it_says_what_it_needs()
    {
        Tool.Run("train", Recipe, "--data", Flat(20), "--run", At("run"), "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("eval", "knn", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("need labeled pictures", tool.Error, StringComparison.Ordinal);
        Assert.Contains("--label-file", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_pictures_can_be_named()
    {
        Tool.Run("train", Recipe, "--data", Flat(20), "--run", At("run"), "--epochs", "1").Succeeded();
        Tool.Run("eval", "knn", At("run"), "--data", Pictures()).Succeeded();
    }

    [Fact]
    public void Each_way_of_testing_has_a_file_of_its_own()
    {
        Train("run", "--epochs", "1").Succeeded();
        string other = At("other", "pictures");
        Directory.CreateDirectory(At("other"));
        Directory.CreateSymbolicLink(other, Pictures());
        foreach (string[] more in new string[][] { [], [], ["--features", "projected"], ["--neighbors", "3"], ["--temperature", "0.07"],
            ["--data", other] })
            Tool.Run(["eval", "knn", At("run"), .. more]).Succeeded();
        string[] files = [.. Directory.EnumerateFiles(At("run", "eval"), "*.json").Select(static file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(["knn-backbone-k3-t0.1.json", "knn-backbone-k5-t0.07.json", "knn-backbone-k5-t0.1.json", "knn-projected-k5-t0.1.json"],
            files.Where(static file => !file.Contains("-on-", StringComparison.Ordinal)));
        Assert.Matches("^knn-backbone-k5-t0.1-on-pictures-[0-9a-f]{8}.json$",
            Assert.Single(files, static file => file.Contains("-on-", StringComparison.Ordinal)));
    }

    [Fact]
    public void Fewer_labels_than_neighbors_are_told_of()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("eval", "knn", At("run"), "--neighbors", "500").Succeeded();
        Assert.Contains("k is 500, and 48 labeled rows can vote",
            Assert.Single(tool.Lines, static line => line.StartsWith("warning: ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_that_is_passed_over_is_told_of()
    {
        Train("run").Succeeded();
        string newest = Directory.EnumerateDirectories(At("run", "checkpoints")).Max()!;
        File.WriteAllText(Path.Combine(newest, "weights.safetensors"), "broken");
        Tool tool = Tool.Run("eval", "knn", At("run"), "--features", "projected").Succeeded();
        Assert.Contains(newest, Assert.Single(tool.Lines, static line => line.StartsWith("warning: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_kept_is_shown_all_the_same()
    {
        Train("run", "--epochs", "1").Succeeded();
        foreach (string name in new[] { "knn-backbone-k5-t0.1.json", "linear-100pct-lbfgs-backbone.png" })
            Directory.CreateDirectory(At("run", "eval", name, "in the way"));
        foreach (string test in new[] { "knn", "linear" })
        {
            Tool tool = Tool.Run("eval", test, At("run"));
            Assert.Equal(ExitCode.Failed, tool.Code);
            Assert.Contains("trained encoder", tool.Out, StringComparison.Ordinal);
        }
    }
}
