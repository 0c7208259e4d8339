namespace MocoSharp.Cli.Tests;

public sealed class LiveLineTests : Workbench
{
    [Fact]
    public void On_a_terminal_a_live_line_shows_progress_loss_chance_queue_time_left_and_waiting()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run"), "--set", "method.queueLength=40"], TestContext.Current.CancellationToken).Succeeded();
        string line = tool.Out.Split("\r\u001b[2K").Select(static text => text.Split('\n')[^1]).First(static text => text.StartsWith("epoch 1/2  ━", StringComparison.Ordinal));
        Assert.Matches(@"epoch 1/2  ━+┄+  \d\d%  [\d,]+ images/s  loss \d\.\d\d \(chance 3\.71\)  \d+:\d\d left  queue 40% full  waits \d+%", line);
    }

    [Fact]
    public void The_live_line_is_gone_at_the_end_and_the_lasting_lines_remain()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run")], TestContext.Current.CancellationToken).Succeeded();
        string[] lasting = [.. tool.Out.Split('\n').Select(static line => line.Split("\u001b[2K")[^1])];
        Assert.Equal(2, lasting.Count(static line => line.StartsWith("epoch ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lasting, static line => line.Contains('┄', StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_never_grows_wider_than_the_terminal()
    {
        using StringWriter output = new();
        Tool tool = Tool.RunLive(output, ["train", Recipe, "--data", Pictures(), "--run", At("run")], TestContext.Current.CancellationToken);
        Assert.All(tool.Out.Split("\r\u001b[2K").Where(static text => text.Contains('━', StringComparison.Ordinal)).Select(static text => text.Split('\n')[^1]), static text => Assert.InRange(text.Length, 1, 119));
    }
}
