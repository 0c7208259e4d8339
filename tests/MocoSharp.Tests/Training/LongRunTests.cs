using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>What only shows in the long run: clocks that jump, and what is left on the disk.</summary>
public sealed class LongRunTests : TinyRuns
{
    [Fact]
    public void A_clock_that_jumps_far_ahead_and_back_stops_nothing()
    {
        using CancellationTokenSource cancel = new();
        List<TimeSpan> left = [];
        TrainingResult result = Train("run", Recipe(epochs: 2000), time: new JumpingTime(), cancel: cancel.Token,
            observer: new Watch(onStep: step =>
        {
            left.Add(step.Remaining);
            if (step.Step == 10) cancel.Cancel();
        }));
        Assert.Equal(10, result.Steps);
        Assert.All(left, static remaining => Assert.InRange(remaining, TimeSpan.Zero, TimeSpan.FromDays(12_000)));
        Assert.All(result.Metrics, static line => Assert.InRange(line.ElapsedSeconds, 0, 1e11));
        Assert.All(result.Metrics, static line => Assert.True(double.IsFinite(line.ImagesPerSecond) && line.WaitFraction is >= 0 and <= 1));
    }

    [Fact]
    public void Two_hundred_epochs_leave_as_many_files_as_two_and_as_many_bytes_a_line()
    {
        Recipe recipe = Recipe(epochs: 200) with
        {
            Monitor = new MonitorSettings(EveryEpochs: 20, Neighbors: 5),
            Checkpoints = new CheckpointSettings(EveryEpochs: 5, Keep: 2),
        };
        TrainingResult two = Train("two", recipe with { Checkpoints = new CheckpointSettings(EveryEpochs: 1, Keep: 3, KeepBest: false) },
            stopAfter: 3, pictures: 8);
        TrainingResult all = Train("all", recipe, pictures: 8);            // one update an epoch
        Assert.Equal(200, all.Metrics.Count);
        Assert.InRange(Files(all), 1, Files(two));
        Assert.All(File.ReadLines(all.Folder.Metrics), static line => Assert.InRange(line.Length, 100, 400));
        long Size(TrainingResult run) => Directory.EnumerateFiles(run.Folder.Root, "*", SearchOption.AllDirectories)
            .Where(file => file != run.Folder.Metrics && file != run.Folder.Losses).Sum(static file => new FileInfo(file).Length);
        Assert.InRange(Size(all), 1, Size(two) + 4096);
        Assert.Equal(201, File.ReadLines(all.Folder.Losses).Count());
        Assert.All(File.ReadLines(all.Folder.Losses), static line => Assert.InRange(line.Length, 5, 40));

        static int Files(TrainingResult run) => Directory.EnumerateFiles(run.Folder.Root, "*", SearchOption.AllDirectories).Count();
    }

    /// <summary>Jumps by centuries with every second question.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _asked;

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => (_asked++ / 2 % 2 == 0 ? 0 : 9_000_000_000_000_000_000) + _asked;
    }
}
