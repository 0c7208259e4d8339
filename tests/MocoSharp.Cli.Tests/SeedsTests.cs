using System.Text.Json;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

public sealed class SeedsTests : Workbench
{
    [Fact]
    public void Each_seed_is_trained_and_tested_and_the_means_are_told()
    {
        JsonElement told = JsonDocument.Parse(Train("all", "--seeds", "2", "--test-labels", "4-per-class", "--json").Succeeded().Out)
            .RootElement;
        Assert.Equal([At("all", "seed-1"), At("all", "seed-2")],
            told.GetProperty("runs").EnumerateArray().Select(static run => run.GetString()));
        JsonElement group = Assert.Single(told.GetProperty("seeds").EnumerateArray());
        JsonElement linear = group.GetProperty("figures").EnumerateArray()
            .Single(static one => one.GetProperty("name").GetString()!.StartsWith("Linear", StringComparison.Ordinal));
        double[] each = [.. new[] { "seed-1", "seed-2" }.Select(run => JsonDocument.Parse(
            File.ReadAllText(At("all", run, "eval", "linear-4-per-class-lbfgs-backbone.json"))).RootElement.GetProperty("results")[2]
            .GetProperty("accuracy").GetDouble())];
        Assert.Equal(each.Average(), linear.GetProperty("mean").GetDouble(), tolerance: 1e-9);
        Assert.Equal(Math.Abs(each[0] - each[1]) / Math.Sqrt(2), linear.GetProperty("deviation").GetDouble(), tolerance: 1e-9);
    }

    [Fact]
    public void A_seed_alone_gives_the_bits_of_the_same_seed_among_others_and_what_is_finished_is_not_done_again()
    {
        Train("all", "--seeds", "2").Succeeded();
        Train("alone", "--seed", "2").Succeeded();
        Assert.Equal(NewestWeights("alone"), NewestWeights("all/seed-2"));
        DateTime before = File.GetLastWriteTimeUtc(new RunFolder(At("all", "seed-1")).Encoder);
        Train("all", "--seeds", "3").Succeeded();
        Assert.Equal(before, File.GetLastWriteTimeUtc(new RunFolder(At("all", "seed-1")).Encoder));
        Assert.True(File.Exists(new RunFolder(At("all", "seed-3")).Encoder));
    }

    [Fact]
    public void Another_recipe_or_a_run_in_the_place_of_the_folder_is_refused()
    {
        Train("all", "--seeds", "1").Succeeded();
        Tool other = Train("all", "--seeds", "1", "--epochs", "3");
        Assert.Equal(ExitCode.Failed, other.Code);
        Assert.Contains("a run by another recipe is there already", other.Flat, StringComparison.Ordinal);
        Tool.Run("compare", At("all")).Succeeded();         // the fix
        Tool inside = Train("all/seed-1", "--seeds", "2");
        Assert.Contains(ErrorIds.RunExists, inside.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_without_labels_are_trained_on_and_not_tested()
    {
        Tool told = Tool.Run("train", Recipe, "--data", Flat(40), "--run", At("all"), "--seeds", "2").Succeeded();
        Assert.Contains("is not tested", told.Flat, StringComparison.Ordinal);
        Assert.True(File.Exists(new RunFolder(At("all", "seed-2")).Encoder));
    }
}
