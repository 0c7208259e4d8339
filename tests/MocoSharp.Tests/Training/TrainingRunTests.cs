using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Methods.MoCo;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>A run from outside: its folder, stopping and going on, and what it refuses.</summary>
public sealed class TrainingRunTests : TinyRuns
{
    [Fact]
    public void A_run_leaves_recipe_environment_metrics_checkpoints_and_an_encoder()
    {
        TrainingResult result = Train("run", Recipe());
        Assert.True(result.Finished);
        Assert.Equal(2, result.Epochs);
        RunFolder folder = result.Folder;
        Assert.All([folder.Recipe, folder.Environment, folder.Metrics, folder.Encoder],
            static path => Assert.True(File.Exists(path), path));
        Assert.Equal(Recipe().Name, RecipeFile.Load(folder.Recipe).Recipe.Name);
        Assert.Equal([1, 2], result.Metrics.Select(static line => line.Epoch));
        Assert.All(result.Metrics, static line => Assert.InRange(line.Knn!.Value, 0, 100));
        using Encoder encoder = EncoderFile.Read(folder.Encoder);
        Assert.Equal(Recipe().Encoder.Name, encoder.Options.Name);
        JsonElement first = JsonDocument.Parse(File.ReadLines(folder.Metrics).First()).RootElement;
        Assert.All(["epoch", "step", "loss", "learning_rate", "knn", "images_per_second", "wait_fraction", "elapsed_seconds"],
            name => Assert.True(first.TryGetProperty(name, out _), name));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Stopping_after_an_epoch_and_resuming_gives_the_same_bits_as_never_stopping(int accumulate)
    {
        Recipe recipe = Recipe(accumulate: accumulate, epochs: 3);
        TrainingResult whole = Train("whole", recipe);
        Train("parts", recipe, stopAfter: 1);
        TrainingResult parts = Resume("parts", recipe);
        AssertSameBits(whole, parts);
        Assert.Equal(whole.Metrics.Select(static m => (m.Epoch, m.Step, m.Loss, m.Knn)),
            parts.Metrics.Select(static m => (m.Epoch, m.Step, m.Loss, m.Knn)));
    }

    [Fact]
    public void A_cancellation_in_the_knn_test_ends_it_and_a_resume_does_it_again()
    {
        using CancellationTokenSource cancel = new();
        TrainingResult stopped = Train("tested", Recipe(),
            observer: new Watch(onDoing: what => { if (what.EndsWith("kNN test", StringComparison.Ordinal)) cancel.Cancel(); }),
            cancel: cancel.Token);
        Assert.False(stopped.Finished);
        Assert.Empty(stopped.Metrics);
        TrainingResult never = Train("whole", Recipe()), resumed = Resume("tested", Recipe());
        AssertSameBits(never, resumed);
        Assert.Equal(never.Metrics.Select(static m => (m.Epoch, m.Step, m.Loss, m.Knn, m.LearningRate)),
            resumed.Metrics.Select(static m => (m.Epoch, m.Step, m.Loss, m.Knn, m.LearningRate)));
    }

    [Fact]
    public void After_a_test_that_was_canceled_in_the_last_epoch_a_resume_ends_the_run_for_good()
    {
        using CancellationTokenSource cancel = new();
        Train("tested", Recipe(), observer: new Watch(onDoing: what => { if (what == "epoch 2: kNN test") cancel.Cancel(); }),
            cancel: cancel.Token);
        Assert.True(Resume("tested", Recipe()).Finished);
        int tests = 0;
        Assert.True(Resume("tested", Recipe(),
            new Watch(onDoing: what => tests += what.EndsWith("kNN test", StringComparison.Ordinal) ? 1 : 0)).Finished);
        Assert.Equal(0, tests);
    }

    [Fact]
    public void A_test_that_fails_is_told_of_and_the_training_goes_on()
    {
        Watch observer = new();
        using TrainingData data = new(new TinySource(32), new TinySource(10, seed: 2, bad: 10), ["tiny"]);
        using TrainingRun run = TrainingRun.Start(new RecipeFile(Recipe(), ""), data, Path.Combine(Root, "run"), observer);
        TrainingResult result = run.Train();
        Assert.True(result.Finished);
        Assert.Equal(2, result.Metrics.Count);
        Assert.All(result.Metrics, static line => Assert.Null(line.Knn));
        Assert.Contains(observer.Warnings,
            static warning => warning.StartsWith("the kNN test of epoch 1 failed", StringComparison.Ordinal));
    }

    [Fact]
    public void More_batches_an_update_than_an_epoch_has_are_refused()
    {
        OptionException error = Assert.Throws<OptionException>(() =>
            Train("run", Recipe() with { Training = Recipe().Training with { Accumulate = 5 } }));
        Assert.Contains("no update would ever be made", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Root, "run")));
    }

    [Fact]
    public void A_training_so_short_that_its_rate_is_always_zero_is_refused()
    {
        Recipe countsFromOne = Recipe(epochs: 1) with { LearningRate = new CosineRate(0.06, RatePer.Epoch, CountFrom: 1) };
        OptionException error = Assert.Throws<OptionException>(() => Train("run", countsFromOne));
        Assert.Contains("the learning rate, which changes per epoch, is 0 in all of them", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Train("two", Recipe(epochs: 2) with { LearningRate = countsFromOne.LearningRate }).Epochs);
    }

    [Fact]
    public void Damaged_checkpoints_that_were_passed_over_do_not_push_out_the_fresh_one()
    {
        Recipe recipe = Recipe(epochs: 4) with { Checkpoints = new CheckpointSettings(EveryEpochs: 1, Keep: 2, KeepBest: false) };
        TrainingResult result = Train("run", recipe, stopAfter: 3);
        string newest = Path.Combine(result.Folder.Checkpoint(result.Folder.Steps()[0]), "state.json");
        File.WriteAllText(newest, "{");
        using CancellationTokenSource cancel = new();
        using TrainingData data = Data();
        Recipe one = recipe with { Checkpoints = recipe.Checkpoints with { Keep = 1 } };
        using (TrainingRun run = TrainingRun.Resume(new RecipeFile(one, ""), data, Path.Combine(Root, "run"),
            new Watch(onStep: step => { if (step.Step == 10) cancel.Cancel(); })))
            Assert.Equal(10, run.Train(cancel: cancel.Token).Steps);
        Assert.Equal([12, 10], result.Folder.Steps());          // the damaged one is nobody's to delete
        AssertSameBits(Train("whole", recipe), Resume("run", recipe));
    }

    [Fact]
    public void A_cancellation_in_the_middle_of_an_epoch_and_a_resume_give_the_same_bits_as_never_stopping()
    {
        TrainingResult whole = Train("whole", Recipe());
        using CancellationTokenSource cancel = new();
        TrainingResult stopped = Train("parts", Recipe(), observer: new Watch(onStep: step => { if (step.Step == 3) cancel.Cancel(); }),
            cancel: cancel.Token);
        Assert.False(stopped.Finished);
        Assert.Equal(3, stopped.Steps);
        AssertSameBits(whole, Resume("parts", Recipe()));
    }

    [Fact]
    public void A_kill_between_checkpoints_costs_only_what_came_after_the_last_one()
    {
        TrainingResult whole = Train("whole", Recipe());
        Assert.Throws<InvalidOperationException>(() =>
            Train("parts", Recipe(), observer: new Watch(onStep: static step =>
            { if (step.Step == 6) throw new InvalidOperationException("killed"); })));
        AssertSameBits(whole, Resume("parts", Recipe()));
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_the_one_before_it_used()
    {
        TrainingResult whole = Train("whole", Recipe(epochs: 3));
        Train("parts", Recipe(epochs: 3), stopAfter: 2);
        RunFolder folder = new(Path.Combine(Root, "parts"));
        string newest = Path.Combine(folder.Checkpoint(folder.Steps()[0]), "weights.safetensors");
        byte[] bytes = File.ReadAllBytes(newest);
        bytes[^100] ^= 1;
        File.WriteAllBytes(newest, bytes);
        Watch observer = new();
        TrainingResult parts = Resume("parts", Recipe(epochs: 3), observer);
        Assert.Contains(observer.Warnings, warning => warning.Contains(newest, StringComparison.Ordinal));
        AssertSameBits(whole, parts);
    }

    [Fact]
    public void When_every_checkpoint_is_damaged_nothing_is_overwritten()
    {
        TrainingResult result = Train("run", Recipe());
        foreach (long step in result.Folder.Steps()) File.WriteAllText(Path.Combine(result.Folder.Checkpoint(step), "state.json"), "{");
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe()));
        Assert.Equal(ErrorIds.CheckpointDamaged, error.Id);
        Assert.True(File.Exists(Path.Combine(result.Folder.Checkpoint(result.Folder.Steps()[0]), "weights.safetensors")));
    }

    [Fact]
    public void Only_the_newest_checkpoints_and_the_best_are_kept()
    {
        TrainingResult result = Train("run",
            Recipe(epochs: 6) with { Checkpoints = new CheckpointSettings(EveryEpochs: 1, Keep: 2, KeepBest: true) });
        double best = result.Metrics.Max(static m => m.Knn!.Value);
        long bestStep = result.Metrics.First(m => m.Knn == best).Step;
        Assert.Equal(result.Metrics.TakeLast(2).Select(static m => m.Step).Append(bestStep).Distinct().OrderDescending(),
            result.Folder.Steps());
    }

    [Fact]
    public void Two_workers_and_one_give_the_same_bits() =>
        AssertSameBits(Train("one", Recipe() with { Data = new DataSettings(Workers: 1) }),
            Train("two", Recipe() with { Data = new DataSettings(Workers: 2) }));

    [Fact]
    public void Another_seed_gives_other_weights()
    {
        TrainingResult one = Train("one", Recipe()), two = Train("two", Recipe() with { Training = Recipe().Training with { Seed = 2 } });
        // the encoder's file names its run
        static byte[] Weights(TrainingResult run) =>
            File.ReadAllBytes(Path.Combine(run.Folder.Checkpoint(run.Steps), CheckpointStore.Weights));
        Assert.NotEqual(Weights(one), Weights(two));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_with_step_rate_and_last_good_checkpoint()
    {
        // weights grow by 1e5 an update
        Recipe recipe = Recipe() with { LearningRate = new StepRate(1, [1], Factor: 1000), Optimizer = new SgdSettings(WeightDecay: 100) };
        MocoException error = Assert.Throws<MocoException>(() => Train("run", recipe));
        Assert.Equal(ErrorIds.LossNotFinite, error.Id);
        Assert.Contains("learning rate was 1000", error.Message, StringComparison.Ordinal);
        Assert.Contains("000000004", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_process_is_refused_while_the_first_trains()
    {
        MocoException? error = null;
        Train("run", Recipe(), observer: new Watch(onStep: _ => error ??= Assert.Throws<MocoException>(() => Resume("run", Recipe()))));
        Assert.Equal(ErrorIds.RunLocked, error!.Id);
    }

    [Fact]
    public void A_folder_with_something_in_it_is_refused_and_left_alone()
    {
        Train("run", Recipe());
        MocoException error = Assert.Throws<MocoException>(() => Train("run", Recipe()));
        Assert.Equal(ErrorIds.RunExists, error.Id);
        Assert.Contains("moco resume", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Resuming_on_other_pictures_is_refused()
    {
        Train("run", Recipe(), stopAfter: 1);
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe(), pictures: 40));
        Assert.Equal(ErrorIds.ResumeDiffers, error.Id);
    }

    [Fact]
    public void Unreadable_pictures_are_named_and_training_goes_on_below_the_limit()
    {
        Recipe recipe = Recipe() with { Data = new DataSettings(MaximumBadShare: 0.1) };
        Watch observer = new();
        TrainingResult result = Train("run", recipe, observer: observer, bad: 2);
        Assert.Equal(2, result.Metrics[^1].BadImages);
        foreach (string name in new[] { "picture0.png", "picture1.png" })
            Assert.Contains(observer.Warnings, warning => warning.Contains(name, StringComparison.Ordinal));
        Assert.Throws<Imaging.ImagingException>(() =>
            Train("other", recipe with { Data = new DataSettings(MaximumBadShare: 0.01) }, bad: 2));
    }

    [Fact]
    public void A_queue_to_be_filled_first_starts_full()
    {
        List<double> fills = [];
        Recipe recipe = Recipe() with { Method = ((MoCoOptions)Recipe().Method) with { FillQueueFirst = true } };
        Train("run", recipe, observer: new Watch(onStep: step => fills.Add(step.Measures["queue_fill"])));
        Assert.All(fills, static fill => Assert.Equal(1, fill));
    }
}
