using System.Text.Json;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

public sealed class CompareCommandTests : Workbench
{
    [Fact]
    public void Keys_that_differ_and_figures_stand_side_by_side()
    {
        Train("one").Succeeded();
        Train("two", "--set", "learningRate.start=0.01", "--set", "optimizer={name: adamw}", "--set",
            "views.0.steps.0.randomResizedCrop.size=12").Succeeded();
        Tool.Run("eval", "linear", At("one"), "--labels", "2-per-class").Succeeded();
        JsonElement comparison = Compared("one", "two");
        Dictionary<string, string?[]> keys = comparison.GetProperty("differences").EnumerateArray().ToDictionary(
            static one => one.GetProperty("key").GetString()!,
            static one => one.GetProperty("values").EnumerateArray().Select(static value => value.GetString()).ToArray());
        Assert.Equal(["0.05", "0.01"], keys["learningRate.start"]);
        Assert.Equal(["sgd", "adamw"], keys["optimizer.name"]);
        Assert.Equal(["16", "12"], keys["views.0.steps.0.randomResizedCrop.size"]);
        Assert.Null(keys["optimizer.momentum"][1]);
        Assert.DoesNotContain(keys.Keys, static key => key.StartsWith("training", StringComparison.Ordinal) || key.Length == 0);
        JsonElement knn = comparison.GetProperty("results").EnumerateArray()
            .First(static one => one.GetProperty("name").GetString() == "kNN test, last");
        Assert.Equal(new[] { "one", "two" }.Select(run => new RunFolder(At(run)).ReadMetrics()[^1].Knn),
            knn.GetProperty("cells").EnumerateArray().Select(static cell => (double?)cell.GetProperty("value").GetDouble()));
        JsonElement linear = comparison.GetProperty("results").EnumerateArray()
            .First(static one => one.GetProperty("name").GetString()!.StartsWith("Linear", StringComparison.Ordinal));
        Assert.True(linear.GetProperty("cells")[0].TryGetProperty("spread", out _));
        Assert.False(linear.GetProperty("cells")[1].TryGetProperty("value", out _));
    }

    [Fact]
    public void Runs_that_differ_in_their_seed_alone_have_a_mean_and_a_deviation()
    {
        Train("one").Succeeded();
        Train("two", "--seed", "2").Succeeded();
        JsonElement comparison = Compared("one", "two");
        Assert.Equal("training.seed", Assert.Single(comparison.GetProperty("differences").EnumerateArray()).GetProperty("key").GetString());
        JsonElement group = Assert.Single(comparison.GetProperty("seeds").EnumerateArray());
        Assert.Equal([1UL, 2UL], group.GetProperty("seeds").EnumerateArray().Select(static seed => seed.GetUInt64()));
        JsonElement loss = group.GetProperty("figures").EnumerateArray()
            .Single(static one => one.GetProperty("name").GetString() == "loss");
        double[] losses = [.. new[] { "one", "two" }.Select(run => new RunFolder(At(run)).ReadMetrics()[^1].Loss)];
        Assert.Equal(losses.Average(), loss.GetProperty("mean").GetDouble(), tolerance: 1e-12);
        Assert.Equal(Math.Abs(losses[0] - losses[1]) / Math.Sqrt(2), loss.GetProperty("deviation").GetDouble(), tolerance: 1e-12);
        int best = losses[0] < losses[1] ? 0 : 1;
        JsonElement cells = comparison.GetProperty("results").EnumerateArray()
            .Single(static one => one.GetProperty("name").GetString() == "loss").GetProperty("cells");
        Assert.Equal((true, false), (cells[best].GetProperty("is_best").GetBoolean(), cells[1 - best].GetProperty("is_best").GetBoolean()));
    }

    [Fact]
    public void Runs_of_different_pictures_and_unfinished_ones_are_told_of_and_not_mixed()
    {
        Train("one").Succeeded();
        Tool.Run("train", Recipe, "--data", Flat(40), "--run", At("two"), "--epochs", "1").Succeeded();
        Train("three", "--stop-after", "1").Succeeded();
        using IDisposable held = new RunFolder(At("three")).Lock();
        Tool tool = Tool.Run("compare", At("one"), At("two"), At("three")).Succeeded();
        Assert.Contains("learned from different pictures", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("three is being trained now, after 1 of 2 epochs", tool.Flat, StringComparison.Ordinal);
        JsonElement comparison = Compared("one", "two", "three");
        Assert.Equal([0, 1, 0], comparison.GetProperty("runs").EnumerateArray()
            .Select(static run => run.GetProperty("data_set").GetInt32()));
        Assert.Empty(comparison.GetProperty("seeds").EnumerateArray());
        foreach (JsonElement result in comparison.GetProperty("results").EnumerateArray())
            Assert.False(result.GetProperty("cells")[1].GetProperty("is_best").GetBoolean(), "nothing is to be compared with");
    }

    [Fact]
    public void One_run_is_not_enough_and_names_tell_equal_folders_apart()
    {
        Train("a/run").Succeeded();
        Train("b/run").Succeeded();
        Assert.Equal(["a/run", "b/run"], Compared("a/run", "b/run").GetProperty("runs").EnumerateArray()
            .Select(static run => run.GetProperty("name").GetString()));
        Tool twice = Tool.Run("compare", At("a/run"), At("a/run/"));
        Assert.Equal(ExitCode.Failed, twice.Code);
        Assert.Contains("MS5130", twice.Flat, StringComparison.Ordinal);
        Assert.Contains("is named more than once", twice.Flat, StringComparison.Ordinal);
        Tool single = Tool.Run("compare", At("a/run"));
        Assert.Equal(ExitCode.Failed, single.Code);
        Assert.Contains("MS5130", single.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void All_runs_below_a_folder_are_the_rows_of_a_table_as_markdown_csv_and_json()
    {
        Train("all/deep/one").Succeeded();
        Train("all/two", "--seed", "2").Succeeded();
        Tool.Run("eval", "linear", At("all", "two"), "--labels", "2-per-class").Succeeded();
        Directory.CreateDirectory(At("all", "broken", "checkpoints"));
        File.WriteAllText(At("all", "broken", "recipe.yaml"), "nothing");
        Tool made = Tool.Run("compare", At("all"), "-o", At("table.md"), "--json").Succeeded();
        Assert.Contains("broken is left out", made.Flat, StringComparison.Ordinal);
        JsonElement table = JsonDocument.Parse(made.Out).RootElement.GetProperty("table");
        string[] columns = [.. table.GetProperty("columns").EnumerateArray().Select(static one => one.GetString()!)];
        string[][] rows = [.. table.GetProperty("rows").EnumerateArray()
            .Select(static row => row.EnumerateArray().Select(static cell => cell.GetString()!).ToArray())];
        Assert.Equal(["one", "two", "mean of 2 seeds"], rows.Select(static row => row[0]));
        Assert.All(rows, row => Assert.Equal(columns.Length, row.Length));
        int knn = Array.IndexOf(columns, "kNN test, last, %"),
            linear = Array.FindIndex(columns, static one => one.StartsWith("Linear", StringComparison.Ordinal));
        Assert.Matches(@"^\d+\.\d\d ± \d+\.\d\d$", rows[2][knn]);
        Assert.Equal(["", ""], new[] { rows[0][linear], rows[2][linear] });
        string[] markdown = File.ReadAllLines(At("table.md"));
        Assert.Equal(2 + rows.Length, markdown.Length);
        Assert.Equal($"| {string.Join(" | ", rows[1])} |", markdown[3]);
        Tool.Run("compare", At("all"), "-o", At("table.csv")).Succeeded();
        string[] csv = File.ReadAllLines(At("table.csv"));
        Assert.Equal(1 + rows.Length, csv.Length);
        Assert.Contains("\"kNN test, last, %\"", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("two,tiny,moco,", csv[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_runs_is_told_and_one_run_below_a_folder_is_a_table()
    {
        Directory.CreateDirectory(At("none"));
        Assert.Contains("MS5223", Tool.Run("compare", At("none")).Flat, StringComparison.Ordinal);
        Train("all/one").Succeeded();
        Tool.Run("compare", At("all"), "-o", At("table.csv")).Succeeded();
        Assert.Equal(2, File.ReadAllLines(At("table.csv")).Length);
        Assert.Contains("is named more than once", Tool.Run("compare", At("all"), At("all", "one")).Flat, StringComparison.Ordinal);
    }

    [Theory, InlineData(360, false), InlineData(1400, true)]
    public void A_browser_finds_nothing_amiss(int width, bool isDark)
    {
        Browser.Require();
        Train("one<i>").Succeeded();
        Train("two", "--seed", "2").Succeeded();
        Tool.Run("compare", At("one<i>"), At("two"), "-o", At("compare.html")).Succeeded();
        Layout layout = Browser.Open(At("compare.html"), width, isDark);
        layout.Holds(width);
        foreach (string word in new[] { "one<i>", "training.seed", "Over seeds", "Curves" })
            Assert.Contains(word, layout.Text, StringComparison.Ordinal);
        Assert.Contains("MS6006", Tool.Run("compare", At("one<i>"), At("two"), "-o", At("compare.html")).Flat, StringComparison.Ordinal);
    }

    private JsonElement Compared(params string[] runs) => JsonDocument.Parse(
        Tool.Run(["compare", .. runs.Select(run => At(run)), "--json"]).Succeeded().Out).RootElement.GetProperty("comparison");
}
