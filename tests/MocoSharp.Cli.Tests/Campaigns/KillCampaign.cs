using System.Diagnostics;
using System.Globalization;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Kills a training again and again. Long form: <c>tools/kill</c>.</summary>
public sealed class KillCampaign(ITestOutputHelper log) : Workbench
{
    private static readonly int s_kills = int.TryParse(Environment.GetEnvironmentVariable("MOCOSHARP_KILLS"), CultureInfo.InvariantCulture,
        out int kills) ? kills : 4;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(600 + 2 * s_kills);
    private int _begun, _resumed;
    private DateTime _lifeBegan;

    [Fact]
    public void A_training_killed_at_random_moments_ends_with_the_bits_of_an_unbroken_one()
    {
        File.WriteAllText(Recipe, TinyRecipe.Replace("epochs: 2", $"epochs: {40 + 20 * s_kills}", StringComparison.Ordinal));
        using (ToolProcess unbroken = Begin("whole")) unbroken.Finish(s_longest).Succeeded();
        Rng rng = Rng.For(2026, s_kills);
        int kills = 0;
        SortedDictionary<string, int> phases = new(StringComparer.Ordinal);
        while (kills < s_kills)
        {
            using ToolProcess life = Begin("broken");
            // every second life ends while a checkpoint is being written; of the others one at any moment from the start on, one some time
            // after an epoch's end
            long before = Written();
            bool isTraining = true;
            switch (kills % 4)
            {
                case 1:
                    WaitFor(life, TimeSpan.FromMilliseconds(rng.NextInt32(2500)));
                    isTraining = Written() > before;
                    break;
                case 3:
                    WaitUntil(life, () => Written() > before);
                    WaitFor(life, TimeSpan.FromMilliseconds(rng.NextInt32(500)));
                    break;
                default:
                    WaitUntil(life, IsInsideCheckpoint);
                    break;
            }
            if (life.HasExited) break;
            life.Kill();
            kills++;
            string phase = Phase(isTraining);
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
        }
        log.WriteLine(
            $"{kills} kills: {string.Join(", ", phases.Select(static phase => $"{phase.Value} {phase.Key}"))}; {_begun} times begun, "
            + $"{_resumed} times resumed");
        Assert.Equal(s_kills, kills);
        using (ToolProcess last = Begin("broken")) last.Finish(s_longest).Succeeded();
        Assert.Equal(Weights("whole"), Weights("broken"));
        Assert.Equal(Epochs("whole"), Epochs("broken"));
        Assert.Equal(Checkpoints("whole"), Checkpoints("broken"));
        Assert.Equal(File.ReadAllBytes(At("whole", "encoder.safetensors")), File.ReadAllBytes(At("broken", "encoder.safetensors")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("broken"), "*unfinished*", SearchOption.AllDirectories));
        log.WriteLine(
            $"all bits equal to those of a training that was never killed: weights, encoder, {Epochs("whole").Length} lines of metrics, "
            + $"{Checkpoints("whole").Length} checkpoints; nothing unfinished is left");
    }

    // What was killed before it wrote down its world has not begun: only 'train' can go on with it.
    private ToolProcess Begin(string run)
    {
        bool isBegun = File.Exists(At(run, "environment.json"));
        _lifeBegan = TimeProvider.System.GetUtcNow().UtcDateTime;
        if (run == "broken") (_begun, _resumed) = isBegun ? (_begun, _resumed + 1) : (_begun + 1, _resumed);
        return isBegun ? ToolProcess.Start("resume", At(run))
            : ToolProcess.Start("train", Recipe, "--data", Pictures(), "--run", At(run), "--threads", "1");
    }

    private string Phase(bool isTraining)
    {
        if (!File.Exists(At("broken", "environment.json"))) return "before the run had begun";
        if (IsInsideCheckpoint()) return "inside a checkpoint";
        return isTraining ? "between checkpoints" : "while starting";
    }

    // What a life before it left unfinished is older.
    private bool IsInsideCheckpoint()
    {
        string folder = At("broken", "checkpoints");
        return Directory.Exists(folder) && Directory.EnumerateDirectories(folder, ".unfinished-*")
            .Any(path => Directory.GetLastWriteTimeUtc(path) >= _lifeBegan);
    }

    private long Written() => new FileInfo(At("broken", "metrics.jsonl")) is { Exists: true } file ? file.Length : 0;

    private static void WaitFor(ToolProcess life, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        WaitUntil(life, () => Stopwatch.GetElapsedTime(start) >= time);
    }

    private static void WaitUntil(ToolProcess life, Func<bool> there)
    {
        SpinWait wait = new();
        while (!life.HasExited && !there()) wait.SpinOnce(sleep1Threshold: 20);
    }

    private string[] Checkpoints(string run) =>
        [.. Directory.EnumerateDirectories(At(run, "checkpoints")).Select(static path => Path.GetFileName(path)!)
        .Order(StringComparer.Ordinal)];

    private byte[] Weights(string run) => File.ReadAllBytes(At(run, "checkpoints", Checkpoints(run)[^1], "weights.safetensors"));

    // one line an epoch and none twice
    private string[] Epochs(string run) =>
        [.. File.ReadLines(At(run, "metrics.jsonl")).Select(static line => line[..line.IndexOf(",\"step\"", StringComparison.Ordinal)])];
}
