using System.Diagnostics;
using System.Globalization;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Kills and stops ranks of one training, and its launcher, again and again, on real pictures. Only by <c>tools/kill ranks</c>.
/// </summary>
public sealed class RankKillCampaign(ITestOutputHelper log) : Workbench
{
    private const int Ranks = 2, Kill = 9, Stop = 19, PerClass = 12;

    // the ranks' patience, the search for who is missing, and twice the launcher's grace; then a busy machine
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10 + 8 + 2 * 12 + 60), s_whole = TimeSpan.FromHours(2);
    private static readonly int s_blows = int.TryParse(Environment.GetEnvironmentVariable("MOCOSHARP_RANK_KILLS"),
        CultureInfo.InvariantCulture, out int blows) ? blows : 0;

    private static readonly Dictionary<string, string> s_patience = new()
    {
        ["MOCO_RANK_TIMEOUT"] = "10",
        ["MOCO_RENDEZVOUS_TIMEOUT"] = "60",
    };

    private readonly SortedDictionary<string, int> _blows = new(StringComparer.Ordinal);
    private TimeSpan _slowest;

    [Fact]
    public void A_training_of_two_ranks_survives_blows_at_random_moments_with_the_bits_of_an_unbroken_one()
    {
        Assert.SkipUnless(s_blows > 0, "tools/kill ranks");
        string data = RealPictures();
        File.WriteAllText(Recipe, TinyRecipe.Replace("epochs: 2", $"epochs: {20 + 2 * s_blows}", StringComparison.Ordinal)
            .Replace("size: 16", "size: 32", StringComparison.Ordinal) + "\ncheckpoints: { everyEpochs: 1 }\n");
        using (ToolProcess unbroken = Begin("whole", data)) unbroken.Finish(s_whole).Succeeded();
        ToolProcess launcher = Begin("broken", data);
        Rng rng = Rng.For(2026, s_blows);
        for (int blow = 0; blow < s_blows; blow++)
        {
            int[] ranks = AwaitRanks(launcher);
            // every second life ends at any moment from its start on, the others after an epoch's end
            long before = Written();
            TimeSpan delay = TimeSpan.FromMilliseconds(rng.NextInt32(blow % 2 == 0 ? 6000 : 3000));
            if (blow % 2 != 0) AwaitMore(launcher, before);
            Wait(delay);
            string when = Written() > before ? "after an epoch" : "before one";
            // one blow in five stops a rank, one in ten kills the launcher
            bool isLauncher = blow % 10 == 9;
            if (isLauncher) launcher.Kill();
            else Strike(ranks[rng.NextInt32(Ranks)], blow % 5 == 2 ? Stop : Kill);
            Count($"{(isLauncher ? "launcher killed" : blow % 5 == 2 ? "rank stopped" : "rank killed")} {when}");
            AwaitEnd(ranks);
            log.WriteLine($"{blow + 1} of {s_blows} blows; {Lines("broken")} epochs done");
            if (!isLauncher) continue;
            launcher.Dispose();
            launcher = Begin("broken", data);
        }
        launcher.Finish(s_whole).Succeeded();
        launcher.Dispose();
        log.WriteLine($"{s_blows} blows: {string.Join(", ", _blows.Select(static blow => $"{blow.Value} {blow.Key}"))}; all ranks of a "
            + $"start had ended {_slowest.TotalSeconds:f1} s after a blow at the latest");
        Assert.Equal(NewestWeights("whole"), NewestWeights("broken"));
        Assert.Equal(Epochs("whole"), Epochs("broken"));
        Assert.Equal(File.ReadAllBytes(At("whole", "encoder.safetensors")), File.ReadAllBytes(At("broken", "encoder.safetensors")));
        log.WriteLine($"all bits equal to those of a training that nothing happened to: weights, encoder; {Epochs("whole").Length} epochs, "
            + "each once");
    }

    private ToolProcess Begin(string run, string data)
    {
        string[] train = new Runs.RunFolder(At(run)).Steps().Count > 0
            ? ["resume", At(run), "--threads", "1"] : ["train", Recipe, "--data", data, "--run", At(run), "--threads", "1"];
        return ToolProcess.Start(s_patience, ["launch", "--processes", $"{Ranks}", "--restarts", "1000", "--", .. train]);
    }

    /// <summary>The ranks' processes, once all of a start are there.</summary>
    private int[] AwaitRanks(ToolProcess launcher)
    {
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < s_longest)
        {
            int[] found = [.. Enumerable.Range(0, Ranks).SelectMany(rank => RankProcess.Of(rank, At("broken")))];
            if (found.Length == Ranks) return found;
            if (launcher.HasExited) Assert.Fail($"the launcher ended\n{launcher.Finish(s_longest)}");
            Wait(TimeSpan.FromMilliseconds(50));
        }
        throw new TimeoutException($"no ranks came in {s_longest.TotalSeconds} s");
    }

    private int Lines(string run) => File.Exists(At(run, "metrics.jsonl")) ? File.ReadLines(At(run, "metrics.jsonl")).Count() : 0;

    private long Written() => new FileInfo(At("broken", "metrics.jsonl")) is { Exists: true } file ? file.Length : 0;

    private void AwaitMore(ToolProcess launcher, long before)
    {
        while (Written() <= before)
        {
            if (launcher.HasExited) Assert.Fail($"the launcher ended\n{launcher.Finish(s_longest)}");
            Wait(TimeSpan.FromMilliseconds(50));
        }
    }

    private void AwaitEnd(int[] ranks)
    {
        long begun = Stopwatch.GetTimestamp();
        while (ranks.Any(static rank => RankProcess.IsThere(rank)))
        {
            TimeSpan passed = Stopwatch.GetElapsedTime(begun);
            Assert.True(passed < s_longest, $"a rank hung {passed.TotalSeconds:f0} s after the blow");
            Wait(TimeSpan.FromMilliseconds(50));
        }
        _slowest = TimeSpan.FromTicks(Math.Max(_slowest.Ticks, Stopwatch.GetElapsedTime(begun).Ticks));
    }

    private static void Strike(int process, int signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    private void Count(string what) => _blows[what] = _blows.GetValueOrDefault(what) + 1;

    private static void Wait(TimeSpan time)
    {
        using ManualResetEventSlim never = new();
        _ = never.Wait(time);
    }

    /// <summary>Some of CIFAR-10, as a folder of links.</summary>
    private string RealPictures()
    {
        string? root = Environment.GetEnvironmentVariable("MOCOSHARP_DATA");
        Assert.SkipUnless(root is not null && Directory.Exists(Path.Combine(root, "cifar10")),
            "set MOCOSHARP_DATA to a folder with cifar10/ inside");
        foreach (string part in new[] { "train", "test" })
            foreach (string folder in Directory.EnumerateDirectories(Path.Combine(root!, "cifar10", part)))
            {
                string to = Directory.CreateDirectory(At("real", part, Path.GetFileName(folder))).FullName;
                foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Take(PerClass))
                    File.CreateSymbolicLink(Path.Combine(to, Path.GetFileName(file)), file);
            }
        return At("real");
    }

    // one line an epoch and none twice
    private string[] Epochs(string run) =>
        [.. File.ReadLines(At(run, "metrics.jsonl")).Select(static line => line[..line.IndexOf(",\"step\"", StringComparison.Ordinal)])];
}
