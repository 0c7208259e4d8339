using MocoSharp.Cli.Tests.Campaigns;

namespace MocoSharp.Cli.Tests;

/// <summary>The same command gives the same result, in processes of their own that know of each other only what the machine
/// keeps.</summary>
public sealed class SameCommandTests : Workbench
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    [Theory, InlineData("fp32"), InlineData("bf16")]
    public void Two_processes_train_the_same_bits(string precision)
    {
        string cache = At("cache");
        byte[][] encoders = [.. new[] { "first", "second" }.Select(run => Encoder(cache, run, precision))];
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(cache, "mocosharp"), "kernels-*.txt"));
        Assert.Equal(encoders[0], encoders[1]);
    }

    [Fact]
    public void So_do_two_that_begin_together_with_nothing_measured()
    {
        string cache = At("cache");
        byte[][] encoders = [.. new[] { "first", "second" }.AsParallel().WithDegreeOfParallelism(2)
            .Select(run => Encoder(cache, run, "fp32"))];
        Assert.Equal(encoders[0], encoders[1]);
    }

    private byte[] Encoder(string cache, string run, string precision)
    {
        using ToolProcess process = ToolProcess.Start(new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache },
            "train", Recipe, "--data", Pictures(), "--run", At(run), "--epochs", "1", "--set", $"training.precision={precision}");
        process.Finish(s_longest).Succeeded();
        return File.ReadAllBytes(Path.Combine(At(run), "encoder.safetensors"));
    }
}
