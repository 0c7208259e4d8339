using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MocoSharp.Cli.Tests.Campaigns;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

/// <summary>Ranks as real processes.</summary>
public sealed class LaunchCommandTests : Workbench
{
    [Fact]
    public void Two_processes_learn_what_one_process_with_two_splits_learns()
    {
        string[] train = Train("one");
        Tool.Run(train).Succeeded();
        Tool.Run(["launch", "--processes", "2", "--", .. Train("two")]).Succeeded();
        double[] one = Losses("one"), two = Losses("two");
        Assert.Equal(one.Length, two.Length);
        // fp32 on small batches: rounding grows from update to update
        foreach ((int update, (double expected, double given)) in one.Zip(two).Take(3).Index())
            Assert.Equal(expected, given, tolerance: 1e-5 * Math.Pow(30, update) * Math.Abs(expected));
        IReadOnlyList<EpochMetrics> metrics = MetricsLog(At("two"));
        Assert.Equal(2, metrics[^1].Ranks!.Count);
    }

    [Fact]
    public async Task A_killed_rank_is_named_and_the_launcher_goes_on()
    {
        string run = At("run");
        using Process launcher = StartLauncher([.. Train("run", epochs: 40)]);
        Task<string> text = launcher.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            errors = launcher.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        RunFolder folder = new(run);
        while (!Directory.Exists(folder.Checkpoints) || folder.Steps().Count == 0)
        {
            Assert.False(launcher.HasExited, "the launcher ended before the first checkpoint");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        int victim = RankOf(1, run);
        Process.GetProcessById(victim).Kill();
        await launcher.WaitForExitAsync(TestContext.Current.CancellationToken);
        string all = $"{await text} {await errors}";
        Assert.True(launcher.ExitCode == 0, all);
        Assert.Contains($"process {victim}) has ended or was stopped", all, StringComparison.Ordinal);
        Assert.Contains("restart 1 of 2", all, StringComparison.Ordinal);
        Assert.Equal(40, MetricsLog(run).Count);
    }

    [Fact]
    public void Tests_over_two_processes_come_to_what_the_training_and_one_process_came_to()
    {
        Tool.Run(["launch", "--processes", "2", "--", .. Train("run")]).Succeeded();
        foreach (string[] test in new string[][] { ["knn"], ["linear", "--labels", "4-per-class", "--draws", "1"] })
        {
            string[] words = ["eval", test[0], At("run"), .. test[1..], "--threads", "1"];
            string one = Kept(words), two = Kept(["launch", "--processes", "2", "--", .. words]);
            Assert.Equal(one, two);
        }
        using JsonDocument knn = JsonDocument.Parse(Kept(["eval", "knn", At("run"), "--threads", "1"]));
        Assert.Equal(Math.Round(MetricsLog(At("run"))[^1].Knn!.Value, 2),
            knn.RootElement.GetProperty("results").EnumerateArray().Last().GetProperty("accuracy").GetDouble());

        string Kept(string[] command)
        {
            foreach (string old in Directory.EnumerateFiles(At("run", "eval"))) File.Delete(old);
            Tool.Run(command).Succeeded();
            return File.ReadAllText(Assert.Single(Directory.EnumerateFiles(At("run", "eval"), "*.json")));
        }
    }

    [Fact]
    public async Task Ranks_end_with_a_launcher_that_was_killed_and_leave_a_checkpoint()
    {
        string run = At("run");
        using Process launcher = StartLauncher([.. Train("run", epochs: 4000)]);
        while (!File.Exists(At("run", "metrics.jsonl")) || new FileInfo(At("run", "metrics.jsonl")).Length == 0)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        using Process first = Process.GetProcessById(RankOf(0, run)), second = Process.GetProcessById(RankOf(1, run));
        launcher.Kill();
        foreach (Process rank in new[] { first, second })
            Assert.True(rank.WaitForExit(TimeSpan.FromSeconds(60)), $"process {rank.Id} outlived its launcher");
        Tool.Run("resume", run, "--threads", "1", "--stop-after", "1").Succeeded();
    }

    [Theory]
    [InlineData("'pack' is not shared by several processes", "launch", "--", "pack")]
    [InlineData("'eval finetune' is not shared by several processes", "launch", "--", "eval", "finetune", "run")]
    [InlineData("--node-rank is 2, and there are 2 hosts", "launch", "--nodes", "2", "--node-rank", "2", "--", "train")]
    [InlineData("several hosts need to know where the first one is", "launch", "--nodes", "2", "--", "train")]
    [InlineData("no HOST:PORT", "launch", "--master", "here", "--", "train")]
    public void What_cannot_be_launched_is_refused(string expected, params string[] words)
    {
        Tool tool = Tool.Run(words);
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains(expected, tool.Flat, StringComparison.Ordinal);
    }

    private static IReadOnlyList<EpochMetrics> MetricsLog(string run) =>
        new RunFolder(run).ReadMetrics();

    private static int RankOf(int rank, string run) => RankProcess.Of(rank, run).First();

    private static Process StartLauncher(string[] train)
    {
        ProcessStartInfo how = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] words = [typeof(MocoTool).Assembly.Location, "launch", "--processes", "2", "--restarts", "2", "--", .. train];
        foreach (string word in words) how.ArgumentList.Add(word);
        return Process.Start(how)!;
    }

    private double[] Losses(string run) =>
        [.. File.ReadLines(At(run, "losses.csv")).Skip(1)
            .Select(static line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))];

    private string[] Train(string run, int epochs = 2) =>
    [
        "train", Recipe, "--data", Directory.Exists(At("pictures")) ? At("pictures") : Pictures(), "--run", At(run), "--epochs",
        $"{epochs}", "--threads", "1", "--set", "encoder.batchNormSplits=2", "--set", "training.precision=fp32",
    ];
}
