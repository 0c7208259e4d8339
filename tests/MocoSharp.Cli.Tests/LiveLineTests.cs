using MocoSharp.Cli.Output;

namespace MocoSharp.Cli.Tests;

public sealed class LiveLineTests : Workbench
{
    [Fact]
    public void On_a_terminal_a_live_line_shows_progress_loss_chance_queue_time_left_and_waiting()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run"), "--set", "method.queueLength=40"],
            TestContext.Current.CancellationToken).Succeeded();
        string line = tool.Out.Split("\r\u001b[2K").Select(static text => text.Split('\n')[^1])
            .First(static text => text.StartsWith("epoch 1/2  ━", StringComparison.Ordinal));
        Assert.Matches(
            @"epoch 1/2  ━+┄+  \d\d%  [\d,]+ images/s  loss \d\.\d\d \(chance 3\.71\)  \d+:\d\d left  queue fill 40\.00%  waits \d+%",
            line);
    }

    [Fact]
    public void The_live_line_is_gone_at_the_end_and_the_lasting_lines_remain()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run")], TestContext.Current.CancellationToken)
            .Succeeded();
        string[] lasting = [.. tool.Out.Split('\n').Select(static line => line.Split("\u001b[2K")[^1])];
        Assert.Equal(2, lasting.Count(static line => line.StartsWith("epoch ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lasting, static line => line.Contains('┄', StringComparison.Ordinal));
    }

    [Fact]
    public void Where_output_is_piped_there_is_a_line_a_minute()
    {
        Clock clock = new();
        using StringWriter output = new();
        LiveLine line = new(Terminal.Over(output), clock);
        for (int second = 0; second < 200; second += 5)
        {
            clock.Seconds = second;
            line.Show(() => [$"at {second}", "12 images/s"]);
        }
        Assert.Equal("at 60  12 images/s\nat 120  12 images/s\nat 180  12 images/s\n", output.ToString());
    }

    private sealed class Clock : TimeProvider
    {
        internal long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    [Fact]
    public void A_line_never_grows_wider_than_the_terminal()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run")],
            TestContext.Current.CancellationToken);
        Assert.All(tool.Out.Split("\r\u001b[2K").Where(static text => text.Contains('━', StringComparison.Ordinal))
            .Select(static text => text.Split('\n')[^1]), static text => Assert.InRange(text.Length, 1, 119));
    }
}
