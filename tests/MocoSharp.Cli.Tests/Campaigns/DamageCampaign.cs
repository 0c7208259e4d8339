using System.Globalization;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Damages every file of a checkpoint in several ways; nothing but the epochs since the one before it may be lost. Long form:
/// <c>tools/kill</c>.</summary>
public sealed class DamageCampaign(ITestOutputHelper log) : Workbench
{
    private const string Probe =
        "\nprobe: { batchSize: 4, joint: false, view: { normalize: half, "
        + "steps: [{ randomResizedCrop: { size: 16, area: [0.4, 1] } }] } }\n";
    private static readonly int s_flips = int.TryParse(Environment.GetEnvironmentVariable("MOCOSHARP_DAMAGES"),
        CultureInfo.InvariantCulture, out int flips) ? flips : 2;

    [Theory]
    [InlineData("weights.safetensors"), InlineData("optimizer.safetensors"), InlineData("probe.safetensors"), InlineData("state.json")]
    public void A_damaged_file_is_named_and_the_checkpoint_before_it_is_used(string file)
    {
        File.WriteAllText(Recipe, TinyRecipe + Probe);
        int damages = 0;
        Train("whole").Succeeded();
        Train("run", "--stop-after", "1").Succeeded();
        Tool.Run("resume", At("run")).Succeeded();
        string newest = Directory.EnumerateDirectories(At("run", "checkpoints")).Max()!, path = Path.Combine(newest, file);
        byte[] good = File.ReadAllBytes(path);
        foreach ((string how, byte[] bad) in Damages(good))
        {
            Directory.CreateDirectory(newest);
            File.WriteAllBytes(path, bad);
            Tool resumed = Tool.Run("resume", At("run")).Succeeded();
            Assert.True(resumed.Out.Contains(newest, StringComparison.Ordinal), $"{how}: {newest} is not named in\n{resumed.Out}");
            foreach (string part in new[] { "weights.safetensors", "optimizer.safetensors", "probe.safetensors" })
                Assert.Equal(File.ReadAllBytes(Path.Combine(Newest("whole"), part)), File.ReadAllBytes(Path.Combine(Newest("run"), part)));
            damages++;
        }
        log.WriteLine($"{file}: {damages} damages, each named, each resumed from the checkpoint before it to the same bits");
    }

    [Fact]
    public void A_run_whose_checkpoints_are_all_damaged_says_so_and_keeps_every_file()
    {
        Train("run").Succeeded();
        foreach (string checkpoint in Directory.EnumerateDirectories(At("run", "checkpoints")))
            File.WriteAllText(Path.Combine(checkpoint, "state.json"), "{");
        string[] before = Files();
        Tool resumed = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, resumed.Code);
        Assert.Contains(ErrorIds.CheckpointDamaged, resumed.Error, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        string[] Files() => [.. Directory.EnumerateFiles(At("run"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<(string How, byte[] Content)> Damages(byte[] good)
    {
        foreach (int place in new[] { 0, good.Length / 2, good.Length - 1 })
            yield return ($"a bit of byte {place}", Flipped(good, place, 0x10));
        Rng rng = Rng.For(2026, good.Length);
        for (int flip = 0; flip < s_flips; flip++)
        {
            int bit = rng.NextInt32(8 * good.Length);
            yield return ($"bit {bit % 8} of byte {bit / 8}", Flipped(good, bit / 8, (byte)(1 << bit % 8)));
        }
        foreach (int length in new[] { 0, 1, good.Length / 2, good.Length - 1 }) yield return ($"the first {length} bytes", good[..length]);
    }

    private static byte[] Flipped(byte[] good, int place, byte bits)
    {
        byte[] bad = [.. good];
        bad[place] ^= bits;
        return bad;
    }

    private string Newest(string run) => Directory.EnumerateDirectories(At(run, "checkpoints")).Max()!;
}
