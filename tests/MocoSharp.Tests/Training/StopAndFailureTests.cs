using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What others ask of a training by a file, and what it leaves behind when it fails.</summary>
public sealed class StopAndFailureTests : TinyRuns
{
    private static readonly TimeSpan s_longer = TimeSpan.FromSeconds(1.6);      // it looks once a second

    [Fact]
    public void A_training_that_is_asked_stops_with_a_checkpoint_and_goes_on_to_the_same_bits()
    {
        Recipe recipe = Recipe(epochs: 3);
        RunFolder folder = new(Path.Combine(Root, "asked"));
        int asked = 0;
        TrainingResult stopped = Train("asked", recipe, observer: new Watch(onStep: _ =>
        {
            if (asked++ > 0) return;
            folder.AskToStop();
            Task.Delay(s_longer).Wait();
        }));
        Assert.False(stopped.Finished);
        Assert.Equal(1, stopped.Steps);
        Assert.Equal([1L], folder.Steps());
        Assert.False(folder.IsAskedToStop);
        Assert.Null(RunFailure.Read(folder));
        AssertSameBits(Train("whole", recipe), Resume("asked", recipe));
    }

    [Fact]
    public void What_was_asked_before_a_training_began_does_not_stop_it()
    {
        Train("run", Recipe(), stopAfter: 1);
        new RunFolder(Path.Combine(Root, "run")).AskToStop();
        Assert.True(Resume("run", Recipe()).Finished);
    }

    [Fact]
    public void What_is_asked_while_a_training_begins_stops_it_at_once()
    {
        using TrainingData data = Data();
        using TrainingRun run = TrainingRun.Start(new RecipeFile(Recipe(), ""), data, Path.Combine(Root, "run"));
        new RunFolder(Path.Combine(Root, "run")).AskToStop();
        TrainingResult stopped = run.Train();
        Assert.False(stopped.Finished);
        Assert.True(stopped.Steps <= 1);
    }

    [Fact]
    public void A_training_that_fails_says_why_until_it_goes_on()
    {
        RunFolder folder = new(Path.Combine(Root, "run"));
        MocoException error = Assert.ThrowsAny<MocoException>(() => Train("run", Recipe(), bad: 30));
        RunFailure failure = Assert.IsType<RunFailure>(RunFailure.Read(folder));
        Assert.Equal((error.Id, error.Message, error.Fix), (failure.Id, failure.What, failure.Fix));
        Train("good", Recipe(), stopAfter: 1);
        RunFolder good = new(Path.Combine(Root, "good"));
        File.WriteAllText(good.Failure, File.ReadAllText(folder.Failure));
        Assert.True(Resume("good", Recipe()).Finished);
        Assert.False(File.Exists(good.Failure));
    }
}
