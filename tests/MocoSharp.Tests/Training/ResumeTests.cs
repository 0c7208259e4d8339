using System.Text.Json.Nodes;
using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What a resume insists on, and what it mends.</summary>
public sealed class ResumeTests : TinyRuns
{
    [Fact]
    public void Another_recipe_is_refused_with_a_way_out()
    {
        Train("run", Recipe(), stopAfter: 1);
        foreach (Recipe other in new[] { Recipe() with { LearningRate = new CosineRate(0.04) }, Recipe(epochs: 3), Recipe() with { Optimizer = new SgdSettings(Momentum: 0.8) } })
        {
            MocoException error = Assert.Throws<MocoException>(() => Resume("run", other));
            Assert.Equal(ErrorIds.ResumeDiffers, error.Id);
            Assert.Contains("recipe", error.Message, StringComparison.Ordinal);
            Assert.Contains("restore the file, or begin a new run", error.Fix, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_changes_no_weight_may_change()
    {
        TrainingResult whole = Train("whole", Recipe());
        Train("run", Recipe(), stopAfter: 1);
        AssertSameBits(whole, Resume("run", Recipe() with
        {
            Name = "other",
            Data = new DataSettings(Workers: 1, CacheMegabytes: 0),
            Monitor = new MonitorSettings(Neighbours: 3),
            Checkpoints = new CheckpointSettings(Keep: 1),
        }));
    }

    [Fact]
    public void Runs_that_kept_no_fingerprint_of_their_recipe_and_one_of_names_alone_go_on()
    {
        TrainingResult whole = Train("whole", Recipe());
        TrainingResult run = Train("run", Recipe(), stopAfter: 1);
        JsonObject environment = JsonNode.Parse(File.ReadAllBytes(run.Folder.Environment))!.AsObject();
        Assert.True(environment.Remove("recipe"));
        using (TrainingData data = Data()) environment["fingerprint"] = DataFingerprint.Like("32-0123456789abcdef", data);
        File.WriteAllText(run.Folder.Environment, environment.ToJsonString());
        AssertSameBits(whole, Resume("run", Recipe()));
        Assert.Throws<MocoException>(() => Resume("run", Recipe(), pictures: 40));
    }

    [Theory, InlineData("\"32-", "\"x32-"), InlineData("\"threads\": ", "\"threats\": "), InlineData("\"data\": [", "\"date\": [")]
    public void An_environment_that_makes_no_sense_is_named(string what, string by)
    {
        TrainingResult run = Train("run", Recipe(), stopAfter: 1);
        File.WriteAllText(run.Folder.Environment, File.ReadAllText(run.Folder.Environment).Replace(what, by, StringComparison.Ordinal));
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe()));
        Assert.Equal((ErrorIds.NoRun, run.Folder.Environment), (error.Id, error.At));
    }

    [Theory, InlineData("{"), InlineData("null"), InlineData("{\"epoch\":\"one\"}")]
    public void A_line_of_metrics_that_cannot_be_read_is_named_before_anything_is_trained(string line)
    {
        TrainingResult run = Train("run", Recipe(), stopAfter: 1);
        string whole = File.ReadAllText(run.Folder.Metrics);
        File.WriteAllText(run.Folder.Metrics, line.PadRight(whole.Length - 1) + "\n");
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe()));
        Assert.Equal((ErrorIds.MetricsDamaged, run.Folder.Metrics), (error.Id, error.At));
        Assert.StartsWith("line 1 ", error.Message, StringComparison.Ordinal);
        File.Delete(run.Folder.Metrics);
        Assert.Equal([2], Resume("run", Recipe()).Metrics.Select(static metrics => metrics.Epoch));
    }

    [Fact]
    public void A_finished_run_that_was_killed_before_its_last_encoder_was_written_gets_it()
    {
        TrainingResult run = Train("run", Recipe());
        byte[] encoder = File.ReadAllBytes(run.Folder.Encoder);
        File.WriteAllBytes(run.Folder.Encoder, encoder[..100]);
        File.WriteAllText(run.Folder.Encoder + WholeFile.Unfinished, "half");
        File.Delete(run.Folder.Views);
        Resume("run", Recipe());
        Assert.Equal(encoder, File.ReadAllBytes(run.Folder.Encoder));
        Assert.True(File.Exists(run.Folder.Views));
        Assert.Empty(Directory.EnumerateFileSystemEntries(run.Folder.Root, "*unfinished*", SearchOption.AllDirectories));
    }
}
