using System.Text.Json;

namespace MocoSharp.Cli.Tests;

/// <summary>A run learns from a flat folder, and labels come later.</summary>
public sealed class LaterLabelTests : Workbench
{
    [Theory, InlineData("knn"), InlineData("linear"), InlineData("finetune")]
    public void Every_test_takes_a_label_file_and_keeps_a_fifth_to_test_on(string test)
    {
        TrainOnFlat(40);
        string labels = Labels("labels.csv", 0, 30);
        Tool tool = Tool.Run(["eval", test, At("run"), "--label-file", labels, .. Quick(test), "--json"]).Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal(24, document.RootElement.GetProperty("results").EnumerateArray().Last().GetProperty("labels").GetInt32());
        Assert.Equal(6, document.RootElement.GetProperty("classes").EnumerateArray()
            .Sum(static one => one.GetProperty("pictures").GetInt32()));
        Assert.Contains("6 of the 30 labeled pictures, a fifth of each class, are kept to test on", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_labels_of_their_own_are_not_learned_from()
    {
        TrainOnFlat(40);
        string labels = Labels("labels.csv", 0, 30), tests = Labels("test.csv", 24, 40);
        Tool tool = Tool.Run("eval", "knn", At("run"), "--label-file", labels, "--test-label-file", tests, "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal(24, document.RootElement.GetProperty("results").EnumerateArray().Last().GetProperty("labels").GetInt32());
        Assert.Equal(16, document.RootElement.GetProperty("classes").EnumerateArray()
            .Sum(static one => one.GetProperty("pictures").GetInt32()));
    }

    [Fact]
    public void Results_with_a_label_file_have_names_of_their_own()
    {
        TrainOnFlat(40);
        Tool.Run("eval", "knn", At("run"), "--label-file", Labels("first.csv", 0, 30)).Succeeded();
        Tool.Run("eval", "knn", At("run"), "--label-file", Labels("second.csv", 0, 36)).Succeeded();
        Tool.Run("eval", "knn", At("run"), "--label-file", At("second.csv"), "--test-label-file", Labels("test.csv", 30, 40)).Succeeded();
        Assert.Equal(3, Directory.GetFiles(At("run", "eval"), "knn-*.json").Length);
    }

    [Fact]
    public void Without_labels_the_advice_is_a_command_that_works()
    {
        TrainOnFlat(40);
        Tool tool = Tool.Run("eval", "linear", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("--label-file", tool.Error, StringComparison.Ordinal);
    }

    private static string[] Quick(string test) => test switch
    {
        "finetune" => ["--epochs", "1", "--rate", "0.01"],
        "linear" => ["--draws", "1"],
        _ => [],
    };

    [Fact]
    public void The_same_labels_to_learn_from_and_to_test_on_are_refused()
    {
        TrainOnFlat(40);
        string labels = Labels("labels.csv", 0, 30);
        Tool tool = Tool.Run("eval", "knn", At("run"), "--label-file", labels, "--test-label-file", labels);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("every labeled picture is one to test on", tool.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_came_later_change_nothing_that_is_learned()
    {
        Tool.Run("train", Recipe, "--data", Flat(40), "--run", At("run"), "--stop-after", "1").Succeeded();
        Tool tool = Tool.Run("resume", At("run"), "--labels", Labels("labels.csv", 0, 30)).Succeeded();
        Assert.Contains("30 labeled otherwise", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("not what is learned", tool.Flat, StringComparison.Ordinal);
    }

    private void TrainOnFlat(int pictures) => Tool.Run("train", Recipe, "--data", Flat(pictures), "--run", At("run"), "--epochs", "1")
        .Succeeded();

    private string Labels(string name, int from, int to)
    {
        File.WriteAllLines(At(name), ["file,label", .. Enumerable.Range(from, to - from)
            .Select(static i => $"{i:000}.png,{"bgr"[i % 3]}")]);
        return At(name);
    }
}
