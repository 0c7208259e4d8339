using System.Text.Json;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

public sealed class ResumeCommandTests : Workbench
{
    [Fact]
    public void Stop_after_and_resume_give_the_same_bytes_as_never_stopping()
    {
        Train("whole").Succeeded();
        Tool first = Train("parts", "--stop-after", "1").Succeeded();
        Assert.Contains("moco resume", first.Out, StringComparison.Ordinal);
        Tool second = Tool.Run("resume", At("parts")).Succeeded();
        Assert.Contains("epoch 2/2", second.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1/2", second.Out, StringComparison.Ordinal);
        Assert.Equal(NewestWeights("whole"), NewestWeights("parts"));
    }

    [Theory, InlineData("epochs 1 to 2"), InlineData("epoch 1/2  ━"), InlineData("epoch 2/2  ━")]
    public void A_stop_asked_for_at_any_moment_writes_a_checkpoint_says_how_to_go_on_and_exits_130(string moment)
    {
        Train("whole").Succeeded();
        using CancellationTokenSource cancel = new();
        using CancelingWriter output = new(cancel, moment);
        Tool stopped = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("parts")], cancel.Token);
        Assert.Equal(ExitCode.Canceled, stopped.Code);
        Assert.Contains("A checkpoint was written", stopped.Out, StringComparison.Ordinal);
        Assert.Contains("moco resume", stopped.Out, StringComparison.Ordinal);
        Tool.Run("resume", At("parts")).Succeeded();
        Assert.Equal(NewestWeights("whole"), NewestWeights("parts"));
    }

    [Fact]
    public void Pictures_that_were_moved_are_found_by_data()
    {
        Train("run", "--stop-after", "1").Succeeded();
        Directory.Move(At("pictures"), At("moved"));
        Tool lost = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, lost.Code);
        Assert.Contains(At("pictures"), lost.Error, StringComparison.Ordinal);
        Tool.Run("resume", At("run"), "--data", At("moved")).Succeeded();
    }

    [Fact]
    public void A_second_process_is_refused_while_one_works_in_the_run()
    {
        Train("run", "--stop-after", "1").Succeeded();
        using IDisposable other = new RunFolder(At("run")).Lock();
        Tool tool = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(ErrorIds.RunLocked, tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_number_of_threads_is_refused()
    {
        Train("run", "--stop-after", "1", "--threads", "1").Succeeded();
        Tool tool = Tool.Run("resume", At("run"), "--threads", "2");
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("resume with --threads 1", tool.Error, StringComparison.Ordinal);
        Tool.Run("resume", At("run")).Succeeded();
    }

    [Fact]
    public void Other_convolutions_are_refused()
    {
        Train("run", "--stop-after", "1").Succeeded();
        try
        {
            Kernels.Convolutions = "library";
            Tool tool = Tool.Run("resume", At("run"));
            Assert.Equal(ExitCode.Failed, tool.Code);
            Assert.Contains("the run's convolutions were auto on", tool.Error, StringComparison.Ordinal);
            Assert.Contains("MOCOSHARP_CONVOLUTIONS", tool.Error, StringComparison.Ordinal);
        }
        finally
        {
            Kernels.Convolutions = "auto";
        }
        Tool.Run("resume", At("run")).Succeeded();
    }

    [Fact]
    public void A_run_on_libtorch_s_kernels_is_resumed_on_them()
    {
        Kernels.Choices = "{}";             // a run keeps all that this process has measured
        Train("whole", "--library-kernels").Succeeded();
        Train("parts", "--library-kernels", "--stop-after", "1").Succeeded();
        Assert.Equal("auto", Kernels.Convolutions);             // the option is one command's
        Assert.StartsWith("library on ", RunEnvironment.Read(new RunFolder(At("parts"))).Convolutions, StringComparison.Ordinal);
        Tool.Run("resume", At("parts")).Succeeded();
        Assert.Equal("{}", Kernels.Choices);                    // nothing was measured: no other kernel had a chance
        Assert.Equal("auto", Kernels.Convolutions);
        Assert.Equal(NewestWeights("whole"), NewestWeights("parts"));
    }

    [Fact]
    public void A_damaged_newest_checkpoint_is_passed_over_and_what_is_trained_again_is_named()
    {
        Train("run").Succeeded();
        string newest = Directory.EnumerateDirectories(At("run", "checkpoints")).Max()!;
        File.WriteAllText(Path.Combine(newest, "weights.safetensors"), "broken");
        Tool tool = Tool.Run("resume", At("run"), "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Collection(document.RootElement.GetProperty("warnings").EnumerateArray(),
            static damaged => Assert.Contains("damaged", damaged.GetString(), StringComparison.Ordinal),
            static again => Assert.Contains("trained again", again.GetString(), StringComparison.Ordinal));
        Assert.Equal(2, document.RootElement.GetProperty("epochs").GetInt32());
    }

    [Fact]
    public void A_folder_that_is_no_run_is_said_to_be_none()
    {
        Tool tool = Tool.Run("resume", At("nothing"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(ErrorIds.NoRun, tool.Error, StringComparison.Ordinal);
    }
}

/// <summary>Asks for a stop as soon as a text is written, as a person with Ctrl+C would.</summary>
internal sealed class CancelingWriter(CancellationTokenSource cancel, string when) : StringWriter
{
    public override void Write(string? value)
    {
        base.Write(value);
        if (value is not null && value.Contains(when, StringComparison.Ordinal)) cancel.Cancel();
    }
}
