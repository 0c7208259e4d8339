using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class SelectCommandTests : Workbench
{
    [Fact]
    public void A_choice_is_a_label_file_that_a_test_reads_once_it_is_filled_in()
    {
        Tool.Run("train", Recipe, "--data", Flat(40), "--run", At("run"), "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", At("flat"), "-o", At("e.parquet")).Succeeded();
        Tool tool = Tool.Run("select", "--in", At("e.parquet"), "--budget", "20", "-o", At("labels.csv")).Succeeded();
        Assert.Contains("20 pictures of 40 chosen: 20 typical; 0 labeled before", tool.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(At("labels.csv"));
        Assert.Equal("file,label,rule", lines[0]);
        Assert.All(lines[1..], static line => Assert.Matches(@"^\d{3}\.png,,typical$", line));
        Tool empty = Tool.Run("eval", "linear", At("run"), "--label-file", At("labels.csv"), "--draws", "1");
        Assert.Equal(ExitCode.Failed, empty.Code);
        Assert.Contains("has a label yet", empty.Error, StringComparison.Ordinal);
        Assert.Contains($"fill in the column label of {At("labels.csv")}", empty.Error, StringComparison.Ordinal);
        File.WriteAllLines(At("labels.csv"), [lines[0], .. lines[1..].Select(static (line, at) => at < 17 ? Filled(line) : line)]);
        Tool part = Tool.Run("eval", "linear", At("run"), "--label-file", At("labels.csv"), "--draws", "1").Succeeded();
        Assert.Contains($"3 of the 20 pictures that {At("labels.csv")} names have no label yet", part.Flat, StringComparison.Ordinal);
        Tool next = Tool.Run("select", "--in", At("e.parquet"), "--budget", "5", "--by", "k-center", "--labeled", At("labels.csv"), "-o",
            At("next.csv"), "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(next.Out);
        Assert.Equal((17, 23, 3), (document.RootElement.GetProperty("labeled").GetInt32(),
            document.RootElement.GetProperty("candidates").GetInt32(), document.RootElement.GetProperty("unfilled").GetInt32()));
        Assert.Equal(1 + 17 + 5, File.ReadAllLines(At("next.csv")).Length);
    }

    [Fact]
    public void A_kept_classifier_tells_which_are_uncertain_and_another_encoders_is_refused()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("eval", "linear", At("run"), "--save-head", "mine", "--draws", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("e.parquet")).Succeeded();
        string head = At("run", "heads", "mine.safetensors");
        string[] command = ["select", "--in", At("e.parquet"), "--budget", "6", "--by", "uncertain", "-o", At("l.csv")];
        Tool tool = Tool.Run([.. command, "--head", head, "--json"]).Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        double[] margins = [.. document.RootElement.GetProperty("chosen").EnumerateArray()
            .Select(static one => one.GetProperty("score").GetDouble())];
        Assert.Equal(margins.Order(), margins);
        Assert.Equal(3 * TestPerClass, document.RootElement.GetProperty("not_below").GetInt32());
        Assert.All(document.RootElement.GetProperty("chosen").EnumerateArray(),
            static one => Assert.StartsWith("train/", one.GetProperty("name").GetString(), StringComparison.Ordinal));
        using JsonDocument all = JsonDocument.Parse(Tool.Run([.. command, "--head", head, "--force", "--below", "", "--json"])
            .Succeeded().Out);
        Assert.Equal(0, all.RootElement.GetProperty("not_below").GetInt32());
        Assert.Contains("MS6006", Tool.Run([.. command, "--head", head]).Error, StringComparison.Ordinal);
        Assert.Contains("MS5120", Tool.Run([.. command, "--force"]).Error, StringComparison.Ordinal);
        Assert.Contains("MS5006", Tool.Run([.. command, "--force", "--head", At("none.safetensors")]).Error, StringComparison.Ordinal);
        Train("other", "--epochs", "1", "--seed", "5").Succeeded();
        Tool.Run("embed", At("other"), "--data", Pictures(), "-o", At("o.parquet")).Succeeded();
        Assert.Contains("MS5007", Tool.Run("select", "--in", At("o.parquet"), "--budget", "6", "--by", "uncertain", "--head", head, "-o",
            At("o.csv")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Known_labels_are_filled_in_and_rules_are_compared_on_them()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", At("pictures", "train"), "-o", At("train.parquet")).Succeeded();
        Tool.Run("embed", At("run"), "--data", At("pictures", "test"), "-o", At("test.parquet")).Succeeded();
        Tool.Run("select", "--in", At("train.parquet"), "--budget", "9", "--by", "typical:2,random", "--known", "-o", At("l.csv"))
            .Succeeded();
        Assert.All(File.ReadAllLines(At("l.csv"))[1..], static line => Assert.Equal(line.Split('/')[0], line.Split(',')[1]));
        Tool tool = Tool.Run("bench", "select", "--in", At("train.parquet"), "--test", At("test.parquet"), "--budget", "24", "--seeds", "2",
            "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal([("k-center", 1), ("typical", 2), ("uncertain", 2), ("novel", 2), ("random", 2)], document.RootElement
            .GetProperty("rows").EnumerateArray()
            .Select(static row => (row.GetProperty("rule").GetString()!, row.GetProperty("accuracies").GetArrayLength())));
    }

    [Fact]
    public void A_wrong_rule_names_those_that_there_are()
    {
        Tool tool = Tool.Run("select", "--in", "e.parquet", "--budget", "3", "--by", "typcial", "-o", At("l.csv"));
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("k-center, typical, uncertain, novel, random", tool.Error, StringComparison.Ordinal);
    }

    private static string Filled(string line) => line.Replace(",,", $",{"bgr"[int.Parse(line[..3]) % 3]},", StringComparison.Ordinal);
}
