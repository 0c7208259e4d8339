using System.Diagnostics;
using System.Globalization;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Kills a training again and again. Long form: <c>MOCOSHARP_KILLS=100 ./test KillCampaign</c>.</summary>
public sealed class KillCampaign(ITestOutputHelper log) : Workbench
{
    private static readonly int s_kills = int.TryParse(Environment.GetEnvironmentVariable("MOCOSHARP_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 3;

    [Fact]
    public void A_training_killed_at_random_moments_ends_with_the_bits_of_an_unbroken_one()
    {
        File.WriteAllText(Recipe, TinyRecipe.Replace("epochs: 2", $"epochs: {40 + 20 * s_kills}", StringComparison.Ordinal));
        using (ToolProcess unbroken = Begin("whole")) unbroken.Finish().Succeeded();
        Rng rng = Rng.For(2026, s_kills);
        int kills = 0, whileWriting = 0, beforeBeginning = 0;
        while (kills < s_kills)
        {
            using ToolProcess life = Begin("broken");
            // every second life ends while a checkpoint is being written, the others at any moment, start-up included
            bool writing = kills % 2 == 0 ? WaitForUnfinishedCheckpoint(life) : WaitFor(life, TimeSpan.FromMilliseconds(rng.NextInt32(2500)));
            if (life.HasExited) break;
            life.Kill();
            kills++;
            if (writing || Directory.EnumerateDirectories(At("broken"), ".unfinished-*", SearchOption.AllDirectories).Any()) whileWriting++;
            if (!File.Exists(At("broken", "recipe.yaml"))) beforeBeginning++;
        }
        log.WriteLine($"{kills} kills, {whileWriting} of them inside a checkpoint, {beforeBeginning} before the run had begun; {Checkpoints("broken").Length} checkpoints were kept then");
        Assert.Equal(s_kills, kills);
        using (ToolProcess last = Begin("broken")) last.Finish().Succeeded();
        Assert.Equal(Weights("whole"), Weights("broken"));
        Assert.Equal(Epochs("whole"), Epochs("broken"));
        Assert.Equal(Checkpoints("whole"), Checkpoints("broken"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("broken"), "*unfinished*", SearchOption.AllDirectories));
    }

    private ToolProcess Begin(string run) => File.Exists(At(run, "recipe.yaml"))
        ? ToolProcess.Start("resume", At(run))
        : ToolProcess.Start("train", Recipe, "--data", Pictures(), "--run", At(run), "--threads", "2");

    private bool WaitForUnfinishedCheckpoint(ToolProcess life)
    {
        string folder = At("broken", "checkpoints");
        return WaitUntil(life, () => Directory.Exists(folder) && Directory.EnumerateDirectories(folder, ".unfinished-*").Any());
    }

    private static bool WaitFor(ToolProcess life, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        WaitUntil(life, () => Stopwatch.GetElapsedTime(start) >= time);
        return false;
    }

    private static bool WaitUntil(ToolProcess life, Func<bool> there)
    {
        SpinWait wait = new();
        while (!life.HasExited)
        {
            if (there()) return true;
            wait.SpinOnce(sleep1Threshold: 20);
        }
        return false;
    }

    private string[] Checkpoints(string run) => [.. Directory.EnumerateDirectories(At(run, "checkpoints")).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private byte[] Weights(string run) => File.ReadAllBytes(At(run, "checkpoints", Checkpoints(run)[^1], "weights.safetensors"));

    // one line an epoch and none twice
    private string[] Epochs(string run) => [.. File.ReadLines(At(run, "metrics.jsonl")).Select(static line => line[..line.IndexOf(",\"step\"", StringComparison.Ordinal)])];
}
