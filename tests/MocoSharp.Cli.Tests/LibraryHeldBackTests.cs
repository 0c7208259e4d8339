using MocoSharp.Cli.Tests.Campaigns;

namespace MocoSharp.Cli.Tests;

/// <summary>What happens where libtorch's oneDNN cannot be trusted: <c>MOCOSHARP_ONEDNN=off</c> takes the same way.</summary>
public sealed class LibraryHeldBackTests : Workbench
{
    private static readonly Dictionary<string, string> s_off = new()
    {
        ["MOCOSHARP_ONEDNN"] = "off",
        ["MOCOSHARP_CONVOLUTIONS"] = "library",
    };

    [Fact]
    public void A_training_warns_and_learns_without_it_and_doctor_says_so()
    {
        string run = At("run");
        Tool trained = Run("train", Recipe, "--data", Pictures(), "--run", run, "--max-steps", "2").Succeeded();
        Assert.Contains("warning: libtorch's oneDNN is left out", trained.Out + trained.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "encoder.safetensors")));
        Assert.Contains("left out unasked, since MOCOSHARP_ONEDNN is off", Run("doctor").Out, StringComparison.Ordinal);
    }

    private static Tool Run(params string[] args)
    {
        using ToolProcess process = ToolProcess.Start(s_off, args);
        return process.Finish(TimeSpan.FromMinutes(3));
    }
}
