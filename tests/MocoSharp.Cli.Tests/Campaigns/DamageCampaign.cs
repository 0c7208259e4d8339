namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>Damages every file of a checkpoint in several ways; nothing but the epochs since the one before it may be lost.</summary>
public sealed class DamageCampaign : Workbench
{
    [Theory]
    [InlineData("weights.safetensors"), InlineData("optimizer.safetensors"), InlineData("state.json")]
    public void A_damaged_file_is_named_and_the_checkpoint_before_it_is_used(string file)
    {
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
            Assert.Equal(File.ReadAllBytes(Path.Combine(Newest("whole"), "weights.safetensors")), File.ReadAllBytes(Path.Combine(Newest("run"), "weights.safetensors")));
        }
    }

    [Fact]
    public void A_run_whose_checkpoints_are_all_damaged_says_so_and_keeps_every_file()
    {
        Train("run").Succeeded();
        foreach (string checkpoint in Directory.EnumerateDirectories(At("run", "checkpoints"))) File.WriteAllText(Path.Combine(checkpoint, "state.json"), "{");
        string[] before = Files();
        Tool resumed = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, resumed.Code);
        Assert.Contains(ErrorIds.CheckpointDamaged, resumed.Error, StringComparison.Ordinal);
        Assert.Equal(before, Files());

        string[] Files() => [.. Directory.EnumerateFiles(At("run"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<(string How, byte[] Content)> Damages(byte[] good)
    {
        foreach (int place in new[] { 0, good.Length / 2, good.Length - 1 }) yield return ($"a bit of byte {place}", Flipped(good, place));
        foreach (int length in new[] { 0, 1, good.Length / 2, good.Length - 1 }) yield return ($"the first {length} bytes", good[..length]);
    }

    private static byte[] Flipped(byte[] good, int place)
    {
        byte[] bad = [.. good];
        bad[place] ^= 0x10;
        return bad;
    }

    private string Newest(string run) => Directory.EnumerateDirectories(At(run, "checkpoints")).Max()!;
}
