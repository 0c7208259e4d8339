using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class PlotCommandTests : Workbench
{
    [Fact]
    public void The_course_of_runs_is_drawn_with_words()
    {
        Train("one").Succeeded();
        Train("two", "--max-steps", "2").Succeeded();
        Tool.Run("plot", At("one"), At("two"), "-o", At("charts", "both.svg")).Succeeded();
        string svg = File.ReadAllText(At("charts", "both.svg"));
        foreach (string word in new[] { "Loss of every update", "loss, nats", "epoch", "kNN on the test pictures" })
            Assert.Contains(word, svg, StringComparison.Ordinal);
        Tool.Run("plot", At("one"), "-o", At("one.png"), "--width", "640", "--height", "480").Succeeded();
        Image png = ImageDecoder.Load(At("one.png"));
        Assert.Equal((640, 480), (png.Width, png.Height));
        Assert.True(Dark(png, rows: 30) > 100, "the title has no letters");
    }

    [Fact]
    public void A_run_without_a_file_of_losses_shows_those_of_its_epochs()
    {
        Train("run").Succeeded();
        File.Delete(At("run", "losses.csv"));
        Tool.Run("plot", At("run"), "-o", At("run.svg")).Succeeded();
        Assert.DoesNotContain("every update", File.ReadAllText(At("run.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused_with_what_to_do()
    {
        Train("run", "--max-steps", "1").Succeeded();
        File.Delete(At("run", "losses.csv"));
        Assert.Contains("moco resume", Tool.Run("plot", At("run")).Flat, StringComparison.Ordinal);
        Assert.Contains("end the name in .png or .svg", Refused(At("one"), "chart.gif"), StringComparison.Ordinal);
        Assert.Contains("there is no such folder", Tool.Run("plot", At("none")).Flat, StringComparison.Ordinal);
    }

    private string Refused(string run, string output)
    {
        Train(Path.GetFileName(run)).Succeeded();
        Tool tool = Tool.Run("plot", run, "-o", At(output));
        Assert.NotEqual(ExitCode.Done, tool.Code);
        Assert.False(File.Exists(At(output)));
        return tool.Flat;
    }

    private static int Dark(Image image, int rows)
    {
        int dark = 0;
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < image.Width; x++)
                if (image.Samples[(y * image.Width + x) * image.Channels] < 100) dark++;
        return dark;
    }
}
