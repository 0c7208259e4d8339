using System.Text.Json.Nodes;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

/// <summary>What is lost, changed or of another run in a run's folder is named; what can be done without it is done.</summary>
public sealed class RunIntegrityTests : Workbench
{
    [Fact]
    public void Tests_of_features_work_without_the_environment_and_say_where_it_was_taken_from()
    {
        Train("run").Succeeded();
        File.Delete(At("run", "environment.json"));
        Tool tool = Tool.Run("eval", "knn", At("run")).Succeeded();
        Assert.Contains("environment.json cannot be read", tool.Out, StringComparison.Ordinal);
        Assert.Contains("the copy of checkpoint", tool.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void With_encoder_and_recipe_alone_the_pictures_are_asked_for_and_then_tested_on()
    {
        Train("run").Succeeded();
        File.Delete(At("run", "environment.json"));
        Directory.Delete(At("run", "checkpoints"), recursive: true);
        Tool without = Tool.Run("eval", "knn", At("run"));
        Assert.Equal(ExitCode.Failed, without.Code);
        Assert.Contains("fix: name them with --data", without.Error, StringComparison.Ordinal);
        Assert.Contains("trained", Tool.Run("eval", "knn", At("run"), "--data", Pictures()).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_resume_without_environment_and_copies_asks_for_the_pictures_and_says_what_is_lost()
    {
        Train("run", "--stop-after", "1").Succeeded();
        File.Delete(At("run", "environment.json"));
        foreach (string state in Directory.EnumerateFiles(At("run", "checkpoints"), "state.json", SearchOption.AllDirectories))
            WriteAsFormat1(state);
        Assert.Contains("fix: name them with --data", Tool.Run("resume", At("run")).Error, StringComparison.Ordinal);
        Assert.Contains("weights may differ in the last bits", Tool.Run("resume", At("run"), "--data", Pictures()).Succeeded().Out,
            StringComparison.Ordinal);
    }

    [Theory, InlineData("eval", "knn"), InlineData("eval", "linear"), InlineData("resume", "")]
    public void A_recipe_that_was_changed_since_is_refused_and_deleting_it_brings_the_right_one_back(string command, string test)
    {
        Train("run", "--stop-after", "1").Succeeded();
        string recipe = At("run", "recipe.yaml"), text = File.ReadAllText(recipe);
        File.WriteAllText(recipe, text.Replace("width: 0.125", "width: 0.25", StringComparison.Ordinal));
        string[] line = [.. new[] { command, test, At("run") }.Where(static word => word.Length > 0)];
        Tool changed = Tool.Run(line);
        Assert.Equal(ExitCode.Failed, changed.Code);
        Assert.Contains(ErrorIds.ResumeDiffers, changed.Error, StringComparison.Ordinal);
        Assert.Contains("delete the file (or environment.json, if that was changed)", changed.Error, StringComparison.Ordinal);
        File.Delete(recipe);
        Assert.Contains("recipe.yaml is lost", Tool.Run(line).Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_width_is_found_by_the_encoder_alone_in_runs_of_older_versions()
    {
        Train("run").Succeeded();
        Directory.Delete(At("run", "checkpoints"), recursive: true);
        JsonObject environment = JsonNode.Parse(File.ReadAllText(At("run", "environment.json")))!.AsObject();
        Assert.True(environment.Remove("recipe"));
        File.WriteAllText(At("run", "environment.json"), environment.ToJsonString());
        string recipe = At("run", "recipe.yaml");
        File.WriteAllText(recipe, File.ReadAllText(recipe).Replace("width: 0.125", "width: 0.25", StringComparison.Ordinal));
        Assert.Contains(ErrorIds.ResumeDiffers, Tool.Run("eval", "knn", At("run")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_of_another_run_is_refused_and_a_resume_brings_the_right_one_back()
    {
        Train("run").Succeeded();
        Train("other", "--seed", "7").Succeeded();
        byte[] own = File.ReadAllBytes(At("run", "encoder.safetensors"));
        File.Copy(At("other", "encoder.safetensors"), At("run", "encoder.safetensors"), overwrite: true);
        Tool tool = Tool.Run("eval", "knn", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(ErrorIds.AnotherRuns, tool.Error, StringComparison.Ordinal);
        File.Delete(At("run", "encoder.safetensors"));
        Tool.Run("resume", At("run")).Succeeded();
        Assert.Equal(own, File.ReadAllBytes(At("run", "encoder.safetensors")));
    }

    [Fact]
    public void A_flipped_bit_in_the_encoder_is_refused_and_a_resume_mends_it()
    {
        Train("run").Succeeded();
        string path = At("run", "encoder.safetensors");
        byte[] own = File.ReadAllBytes(path), bad = [.. own];
        bad[^5000] ^= 4;
        File.WriteAllBytes(path, bad);
        Tool tool = Tool.Run("eval", "knn", At("run"));
        Assert.Contains("error MS1007", tool.Error, StringComparison.Ordinal);
        Assert.Contains(path, tool.Error, StringComparison.Ordinal);
        Tool.Run("resume", At("run")).Succeeded();
        Assert.Equal(own, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_resume_without_its_checkpoints_changes_nothing()
    {
        Train("run").Succeeded();
        Directory.Delete(At("run", "checkpoints"), recursive: true);
        string metrics = File.ReadAllText(At("run", "metrics.jsonl"));
        Tool tool = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(ErrorIds.CheckpointsLost, tool.Error, StringComparison.Ordinal);
        Assert.Equal(metrics, File.ReadAllText(At("run", "metrics.jsonl")));
        Tool.Run("eval", "knn", At("run")).Succeeded();
    }

    [Fact]
    public void More_threads_and_workers_than_processors_are_as_many_as_these_with_a_word()
    {
        Tool tool = Train("run", "--threads", "1000000", "--set", "data.workers=100000").Succeeded();
        Assert.Contains("--threads is 1000000, and this machine has", tool.Out, StringComparison.Ordinal);
        Assert.Contains("data.workers is 100000, and this machine has", tool.Out, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessorCount, RunEnvironment.Read(new RunFolder(At("run"))).Threads);
    }

    // Format 1 has neither copies nor a checksum.
    private static void WriteAsFormat1(string path)
    {
        JsonObject state = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach (string key in new[] { "environment", "recipe", "checksum" }) Assert.True(state.Remove(key));
        state["format"] = 1;
        File.WriteAllText(path, state.ToJsonString());
    }
}
