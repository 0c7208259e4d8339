using System.Diagnostics;

namespace MocoSharp.Cli.Tests.Campaigns;

/// <summary>A disk that is full, and one that became read-only, on a small file system in memory. Needs the right to mount.</summary>
public sealed class DiskCampaign(ITestOutputHelper log) : Workbench
{
    private string Disk => At("disk");

    // With some room left the small files still fit, and it is the checkpoint that does not.
    [Theory, InlineData(0, null), InlineData(100 << 10, ErrorIds.CheckpointUnwritable)]
    public void A_full_disk_stops_the_training_with_the_way_to_go_on_and_loses_no_checkpoint(int left, string? id)
    {
        Mount(size: "64m");
        Tool.Run("train", Recipe, "--data", Pictures(), "--run", At("disk", "run"), "--stop-after", "1").Succeeded();
        string first = Assert.Single(Directory.EnumerateDirectories(At("disk", "run", "checkpoints")));
        Fill(left);
        Tool stopped = Tool.Run("resume", At("disk", "run"));
        Assert.Equal(ExitCode.Failed, stopped.Code);
        Assert.Contains("fix:", stopped.Error, StringComparison.Ordinal);
        Assert.Contains(At("disk", "run"), stopped.Error, StringComparison.Ordinal);
        if (id is not null) Assert.StartsWith($"error {id}: ", stopped.Error, StringComparison.Ordinal);
        Assert.Contains(first, Directory.EnumerateDirectories(At("disk", "run", "checkpoints")));
        File.Delete(At("disk", "filler"));
        EndsLikeAnUnbrokenOne();
        log.WriteLine($"a disk with {left} bytes left: {stopped.Error.Split(':')[0]}, no checkpoint lost, resumed to the same bits");
    }

    [Fact]
    public void A_disk_that_became_read_only_is_told_and_the_run_goes_on_when_it_is_mended()
    {
        Mount(size: "64m");
        Tool.Run("train", Recipe, "--data", Pictures(), "--run", At("disk", "run"), "--stop-after", "1").Succeeded();
        Run("mount", "-o", "remount,ro", Disk);
        Tool stopped = Tool.Run("resume", At("disk", "run"));
        Run("mount", "-o", "remount,rw", Disk);
        Assert.Equal(ExitCode.Failed, stopped.Code);
        Assert.Contains("fix:", stopped.Error, StringComparison.Ordinal);
        EndsLikeAnUnbrokenOne();
        log.WriteLine($"a disk that became read-only: {stopped.Error.Split(':')[0]}, resumed to the same bits");
    }

    protected override void Dispose(bool disposing)
    {
        if (Directory.Exists(Disk)) Run("umount", "--lazy", Disk);
        base.Dispose(disposing);
    }

    private void EndsLikeAnUnbrokenOne()
    {
        Tool.Run("resume", At("disk", "run")).Succeeded();
        Train("whole").Succeeded();
        Assert.Equal(Weights(At("whole")), Weights(At("disk", "run")));
    }

    private static byte[] Weights(string run) =>
        File.ReadAllBytes(Path.Combine(Directory.EnumerateDirectories(Path.Combine(run, "checkpoints")).Max()!, "weights.safetensors"));

    private void Mount(string size)
    {
        Directory.CreateDirectory(Disk);
        if (Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Disk) == 0) return;
        Directory.Delete(Disk);
        Assert.Skip("mounting a small file system needs root");
    }

    private void Fill(int left)
    {
        using FileStream filler = File.Create(At("disk", "filler"));
        byte[] block = new byte[1 << 16];
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // full
        }
        filler.SetLength(filler.Length - left);
    }

    private static int Run(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
