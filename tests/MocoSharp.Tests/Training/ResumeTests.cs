using System.Text.Json.Nodes;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What a resume insists on, and what it mends.</summary>
public sealed class ResumeTests : TinyRuns
{
    [Fact]
    public void Another_recipe_is_refused_with_a_way_out()
    {
        Train("run", Recipe(), stopAfter: 1);
        foreach (Recipe other in new[] { Recipe() with { LearningRate = new CosineRate(0.04) }, Recipe(epochs: 3),
            Recipe() with { Optimizer = new SgdSettings(Momentum: 0.8) } })
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
        TrainingResult whole = Train("whole", Recipe() with { Name = "other" });        // the encoder's file names its recipe
        Train("run", Recipe(), stopAfter: 1);
        AssertSameBits(whole, Resume("run", Recipe() with
        {
            Name = "other",
            Data = new DataSettings(Workers: 1, CacheMegabytes: 0),
            Monitor = new MonitorSettings(Neighbors: 3),
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
        ForgetCopies(run.Folder);
        TrainingResult resumed = Resume("run", Recipe());
        Assert.Equal(Weights(whole), Weights(resumed));         // the encoder's file names the run, by the fingerprint that this one has
        Assert.Throws<MocoException>(() => Resume("run", Recipe(), pictures: 40));
    }

    [Theory, InlineData("\"32-", "\"x32-"), InlineData("\"threads\": ", "\"threats\": "), InlineData("\"data\": [", "\"date\": [")]
    public void An_environment_that_makes_no_sense_is_named_and_taken_from_the_checkpoint(string what, string by)
    {
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe(), stopAfter: 1);
        File.WriteAllText(run.Folder.Environment, File.ReadAllText(run.Folder.Environment).Replace(what, by, StringComparison.Ordinal));
        Watch observer = new();
        AssertSameBits(whole, Resume("run", Recipe(), observer));
        Assert.Contains("environment.json cannot be read", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_environment_is_taken_from_the_checkpoint_and_goes_on_to_the_same_bits()
    {
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe(), stopAfter: 1);
        File.Delete(run.Folder.Environment);
        Watch observer = new();
        AssertSameBits(whole, Resume("run", Recipe(), observer));
        Assert.Contains($"the copy of checkpoint {run.Steps} is used", Assert.Single(observer.Warnings), StringComparison.Ordinal);
        Assert.True(File.Exists(run.Folder.Environment));
    }

    [Fact]
    public void A_lost_environment_of_an_older_version_s_run_is_no_end_and_what_is_lost_is_said()
    {
        TrainingResult run = Train("run", Recipe(), stopAfter: 1);
        ForgetCopies(run.Folder);
        File.Delete(run.Folder.Environment);
        Watch observer = new();
        Assert.Equal(2, Resume("run", Recipe(), observer).Epochs);
        Assert.Contains(observer.Warnings, static text => text.Contains("is not known any more", StringComparison.Ordinal));
        Assert.Contains(observer.Warnings, static text => text.Contains("weights may differ in the last bits", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lost_recipe_is_written_again_from_the_checkpoint()
    {
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe(), stopAfter: 1);
        string text = File.ReadAllText(run.Folder.Recipe);
        File.Delete(run.Folder.Recipe);
        AssertSameBits(whole, Resume("run", Recipe()));
        Assert.Equal(text, File.ReadAllText(run.Folder.Recipe));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Lost_checkpoints_are_told_of_and_nothing_is_changed(bool isEncoderLostToo)
    {
        TrainingResult run = Train("run", Recipe());
        Directory.Delete(run.Folder.Checkpoints, recursive: true);
        if (isEncoderLostToo) File.Delete(run.Folder.Encoder);
        Dictionary<string, string> before = Files();
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe()));
        Assert.Equal((ErrorIds.CheckpointsLost, run.Folder.Checkpoints), (error.Id, error.At));
        Assert.Contains("metrics.jsonl tells of 2 epochs", error.Message, StringComparison.Ordinal);
        Assert.Contains("moco train", error.Fix, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        Dictionary<string, string> Files() => Directory.EnumerateFiles(run.Folder.Root, "*", SearchOption.AllDirectories)
            .ToDictionary(static file => file, static file => Convert.ToHexString(File.ReadAllBytes(file)));
    }

    [Fact]
    public void A_run_that_was_killed_in_its_first_checkpoint_begins_again_and_says_so()
    {
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe(), stopAfter: 1);
        Directory.Delete(run.Folder.Checkpoints, recursive: true);
        Directory.CreateDirectory(run.Folder.Checkpoints);
        File.Delete(run.Folder.Encoder);
        Watch observer = new();
        AssertSameBits(whole, Resume("run", Recipe(), observer));
        Assert.Contains("metrics.jsonl tells of 1 epoch behind the checkpoint", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_newest_checkpoint_that_was_taken_away_costs_its_epochs_with_a_word()
    {
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe());
        Directory.Delete(run.Folder.Checkpoint(run.Steps), recursive: true);
        Watch observer = new();
        AssertSameBits(whole, Resume("run", Recipe(), observer));
        Assert.Contains("1 epoch behind the checkpoint that training goes on from", Assert.Single(observer.Warnings),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_passed_over_by_name()
    {
        Recipe other = Recipe() with { Training = new TrainingSettings(2, 8, Seed: 5) };
        TrainingResult whole = Train("whole", Recipe()), run = Train("run", Recipe(), stopAfter: 1), stranger = Train("stranger", other);
        Directory.Move(stranger.Folder.Checkpoint(stranger.Steps), run.Folder.Checkpoint(stranger.Steps));
        Watch observer = new();
        AssertSameBits(whole, Resume("run", Recipe(), observer));
        Assert.Contains("is of another run", Assert.Single(observer.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_keeps_the_encoder_file_that_classifiers_were_fitted_on()
    {
        TrainingResult run = Train("run", Recipe());
        DateTime written = File.GetLastWriteTimeUtc(run.Folder.Encoder);
        Resume("run", Recipe());
        Assert.Equal(written, File.GetLastWriteTimeUtc(run.Folder.Encoder));
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
        File.WriteAllText(run.Folder.Encoder + AtomicFile.Unfinished, "half");
        File.Delete(run.Folder.Views);
        Resume("run", Recipe());
        Assert.Equal(encoder, File.ReadAllBytes(run.Folder.Encoder));
        Assert.True(File.Exists(run.Folder.Views));
        Assert.Empty(Directory.EnumerateFileSystemEntries(run.Folder.Root, "*unfinished*", SearchOption.AllDirectories));
    }

    private static byte[] Weights(TrainingResult run) =>
        File.ReadAllBytes(Path.Combine(run.Folder.Checkpoint(run.Steps), CheckpointStore.Weights));

    // as older versions wrote them
    private static void ForgetCopies(RunFolder folder)
    {
        foreach (long step in folder.Steps())
        {
            string file = Path.Combine(folder.Checkpoint(step), CheckpointStore.State);
            File.WriteAllBytes(file, CheckpointStateFile.Bytes(CheckpointStateFile.Read(File.ReadAllBytes(file)) with
            {
                Environment = null,
                Recipe = null
            }));
        }
    }
}
