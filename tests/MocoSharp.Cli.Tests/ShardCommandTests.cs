using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class ShardCommandTests : Workbench
{
    [Theory, InlineData(0), InlineData(24)]
    public void A_training_on_shards_that_stopped_in_an_epoch_ends_with_the_bits_of_one_that_did_not(int buffer)
    {
        Tool.Run("shard", Pictures(), "-o", At("shards"), "--count", "7").Succeeded();
        string[] settings = ["--set", $"data.shuffleBuffer={buffer}", "--set", "training.batchSize=8"];
        Tool.Run(["train", Recipe, "--data", At("shards"), "--run", At("whole"), .. settings]).Succeeded();
        Tool.Run(["train", Recipe, "--data", At("shards"), "--run", At("parts"), "--max-steps", "4", .. settings]).Succeeded();
        Tool.Run("resume", At("parts")).Succeeded();
        Assert.Equal(NewestWeights("whole"), NewestWeights("parts"));
        Assert.Contains("knn", File.ReadAllText(At("whole", "metrics.jsonl")), StringComparison.Ordinal);
        Tool.Run("eval", "knn", At("whole")).Succeeded();
        Tool.Run("embed", At("whole"), "--data", At("shards", "train-{000000..000001}.tar"), "-o", At("e.npy")).Succeeded();
    }

    [Fact]
    public void A_run_knows_its_shards_again_wherever_they_lie_and_refuses_others()
    {
        Tool.Run("shard", Pictures(), "-o", At("shards"), "--count", "7").Succeeded();
        Tool.Run("train", Recipe, "--data", At("shards"), "--run", At("run"), "--stop-after", "1").Succeeded();
        Directory.Move(At("shards"), At("elsewhere"));
        Tool lost = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, lost.Code);
        Tool.Run("resume", At("run"), "--data", At("elsewhere")).Succeeded();
        Tool.Run("shard", Pictures(), "-o", At("others"), "--count", "8").Succeeded();
        Tool.Run("train", Recipe, "--data", At("elsewhere"), "--run", At("second"), "--stop-after", "1").Succeeded();
        Tool other = Tool.Run("resume", At("second"), "--data", At("others"));
        Assert.Contains("MS4007", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_what_was_made_and_what_was_indexed()
    {
        Tool tool = Tool.Run("shard", Pictures(), "-o", At("shards"), "--count", "10", "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal(60, document.RootElement.GetProperty("pictures").GetInt32());
        Assert.Equal(5 + 2, document.RootElement.GetProperty("shards").GetInt32());
        File.Delete(At("shards", "shards.json"));
        Tool indexed = Tool.Run("shard", At("shards"), "--index").Succeeded();
        Assert.Contains("60 pictures in 7 shards", indexed.Out, StringComparison.Ordinal);
        Assert.Contains("MS5305", Tool.Run("shard", At("shards"), "--index").Error, StringComparison.Ordinal);
        Tool.Run("shard", At("shards"), "--index", "--force").Succeeded();
        Tool.Run("views", Recipe, "--data", At("shards"), "-o", At("views.png")).Succeeded();
    }

    [Theory]
    [InlineData("-o", "x", "--size", "0"), InlineData("-o", "x", "--count", "0"), InlineData("-o", "x", "--size", "1", "--count", "1"),
        InlineData("-o", "x", "--index"), InlineData("--index", "--count", "3"), InlineData("--force")]
    public void Wrong_options_are_wrong_usage(params string[] options) =>
        Assert.Equal(ExitCode.Usage, Tool.Run(["shard", Pictures(), .. options]).Code);

    [Fact]
    public void Shards_are_not_replaced_without_force_and_their_labels_stay_theirs()
    {
        Tool.Run("shard", Pictures(), "-o", At("shards")).Succeeded();
        Assert.Contains("MS5305", Tool.Run("shard", Pictures(), "-o", At("shards")).Error, StringComparison.Ordinal);
        Tool.Run("shard", Pictures(), "-o", At("shards"), "--force").Succeeded();
        File.WriteAllText(At("labels.csv"), "file,label\ntrain/red/00.png,red\n");
        Tool refused = Tool.Run("train", Recipe, "--data", At("shards"), "--labels", At("labels.csv"), "--run", At("run"));
        Assert.Contains("MS5306", refused.Error, StringComparison.Ordinal);
    }
}
