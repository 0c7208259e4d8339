using System.Text.Json;
using System.Text.RegularExpressions;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Tests;

public sealed partial class ReportCommandTests : Workbench
{
    private const string Odd = "a<b>&\"'é🙂";

    [Fact]
    public void A_page_shows_all_that_is_known_of_a_run_and_loads_nothing()
    {
        Train("run").Succeeded();
        Tool.Run("eval", "linear", At("run"), "--labels", "2-per-class").Succeeded();
        Tool tool = Tool.Run("report", At("run"), "-o", At("pages", "report.html")).Succeeded();
        Assert.Contains("report.html (", tool.Out, StringComparison.Ordinal);
        string page = File.ReadAllText(At("pages", "report.html"));
        foreach (string heading in new[] { "Training", "Features", "Neighbors", "What the network sees", "Tests", "Recipe", "Environment" })
            Assert.Contains($">{heading}</h2>", page, StringComparison.Ordinal);
        foreach (string word in new[] { "chance", "Learning rate", "pictures a second", "alignment", "uniformity", "effective rank",
            "Linear classifier", "queueLength: 16", "libtorch" })
            Assert.Contains(word, page, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot show", page, StringComparison.Ordinal);
        Assert.All(Links().Matches(page), static link => Assert.True(link.Groups[1].Value.StartsWith("data:", StringComparison.Ordinal)
            || link.Groups[1].Value.StartsWith('#'), link.Value));
        Assert.True(page.Length < 10_000_000);
    }

    [Fact]
    public void The_document_has_the_numbers_that_the_run_keeps()
    {
        Train("run").Succeeded();
        Tool.Run("eval", "knn", At("run")).Succeeded();
        JsonElement report = Document("run");
        JsonElement facts = report.GetProperty("facts");
        EpochMetrics last = new RunFolder(At("run")).ReadMetrics()[^1];
        Assert.Equal(last.Loss, facts.GetProperty("loss").GetDouble());
        Assert.Equal(last.Knn, facts.GetProperty("knn").GetDouble());
        Assert.Equal(Math.Log(17), facts.GetProperty("chance_loss").GetDouble(), tolerance: 1e-6);
        Assert.Equal(["moco", "tiny", "resnet18-small, width 0.125"], new[] { "method", "recipe", "encoder" }
            .Select(key => facts.GetProperty(key).GetString()));
        Assert.Equal((48, 2, 6), (facts.GetProperty("pictures").GetInt32(), facts.GetProperty("epochs_done").GetInt32(),
            facts.GetProperty("updates").GetInt32()));
        JsonElement features = report.GetProperty("features");
        Assert.Equal((12, true), (features.GetProperty("pictures").GetInt32(), features.GetProperty("are_of_test").GetBoolean()));
        Assert.Equal(["backbone", "projected"], features.GetProperty("geometry").EnumerateArray()
            .Select(static one => one.GetProperty("features").GetString()));
        Assert.Equal(10, features.GetProperty("neighbors").GetArrayLength());
        JsonElement test = report.GetProperty("evaluations")[0];
        JsonElement kept = JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(At("run", "eval"), "knn*.json")[0])).RootElement;
        Assert.Equal(kept.GetProperty("results").EnumerateArray().Select(static one => one.GetProperty("accuracy").GetDouble()),
            test.GetProperty("scores").EnumerateArray().Select(static one => one.GetProperty("accuracy").GetDouble()));
        Assert.Equal(0, report.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public void Names_with_marks_of_HTML_are_shown_as_they_are()
    {
        string data = At("odd");
        foreach ((int label, string name) in new[] { (0, Odd), (2, "plain") })
            for (int i = 0; i < 16; i++) Draw(Path.Combine(data, name, $"{i}<i>.png"), label, (ulong)i);
        Tool.Run("train", Recipe, "--data", data, "--run", At(Odd), "--epochs", "1").Succeeded();
        Tool.Run("report", At(Odd), "-o", At("report.html")).Succeeded();
        string page = File.ReadAllText(At("report.html"));
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", page, StringComparison.Ordinal);
        Assert.Contains("<h1>a&lt;b&gt;&amp;&quot;&#x27;é&#x1F642;</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_gone_is_named_with_a_command_that_works()
    {
        Train("run").Succeeded();
        Directory.Move(Pictures(), At("moved"));
        File.Delete(At("run", "views.png"));
        JsonElement missing = Document("run").GetProperty("missing");
        Assert.Equal(["the features, the map and the neighbors", "the tests", "the views"], missing.EnumerateArray()
            .Select(static part => part.GetProperty("part").GetString()).Order(StringComparer.Ordinal));
        string command = missing.EnumerateArray().Select(static part => part.GetProperty("command").GetString()!)
            .Single(static text => text.StartsWith("moco report", StringComparison.Ordinal));
        string[] words = command.Replace("DIR", At("moved"), StringComparison.Ordinal).Split(' ')[1..];
        Tool.Run([.. words, "-o", At("again.html")]).Succeeded();
        Assert.Contains(">Features</h2>", File.ReadAllText(At("again.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_an_epoch_and_one_in_training_say_so()
    {
        Train("run", "--max-steps", "2").Succeeded();
        using (new RunFolder(At("run")).Lock())
            Assert.Equal("training", Document("run", state: "1").GetProperty("facts").GetProperty("state").GetString());
        JsonElement report = Document("run", state: "2");
        Assert.Contains("stopped after 0 of 2 epochs", report.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        JsonElement loss = report.GetProperty("curves")[0].GetProperty("series")[0];
        Assert.Equal([1.0 / 3, 2.0 / 3], loss.GetProperty("x").EnumerateArray().Select(static x => Math.Round(x.GetDouble(), 12))
            .Select(static x => x < 0.5 ? 1.0 / 3 : 2.0 / 3));
    }

    [Fact]
    public void What_cannot_be_read_is_passed_over_and_named()
    {
        Train("run").Succeeded();
        File.WriteAllText(At("run", "eval", "linear-broken.json"), "{ \"test\": \"linear\", \"results\": [ {");
        File.WriteAllText(Path.Combine(Pictures(), "test", "red", "00.png"), "no picture");
        JsonElement report = Document("run");
        Assert.Equal(1, report.GetProperty("features").GetProperty("unreadable").GetInt32());
        Assert.Equal(11, report.GetProperty("features").GetProperty("pictures").GetInt32());
        Assert.Contains(report.GetProperty("warnings").EnumerateArray(), static text =>
            text.GetString()!.Contains("linear-broken.json", StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_that_is_there_stays_unless_it_may_go()
    {
        Train("run", "--epochs", "1").Succeeded();
        File.WriteAllText(At("report.html"), "mine");
        Tool refused = Tool.Run("report", At("run"), "-o", At("report.html"));
        Assert.Contains("MS6006", refused.Flat, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(At("report.html")));
        Tool.Run("report", At("run"), "-o", At("report.html"), "--force").Succeeded();
        Assert.NotEqual("mine", File.ReadAllText(At("report.html")));
        Assert.Contains("there is no such folder", Tool.Run("report", At("none"), "-o", At("x.html")).Flat, StringComparison.Ordinal);
    }

    [Theory, InlineData(360, false), InlineData(360, true), InlineData(1400, false), InlineData(1400, true)]
    public void A_browser_finds_nothing_amiss(int width, bool isDark)
    {
        Browser.Require();
        Train(Odd).Succeeded();
        Tool.Run("eval", "knn", At(Odd)).Succeeded();
        Tool.Run("report", At(Odd), "-o", At("report.html")).Succeeded();
        Layout layout = Browser.Open(At("report.html"), width, isDark);
        layout.Holds(width);
        Assert.Contains(Odd, layout.Text, StringComparison.Ordinal);
        Assert.Equal(isDark ? "rgb(20, 23, 28)" : "rgb(255, 255, 255)", layout.Background);
    }

    private JsonElement Document(string run, string state = "")
    {
        Tool tool = Tool.Run("report", At(run), "-o", At($"document{state}.html"), "--json").Succeeded();
        return JsonDocument.Parse(tool.Out).RootElement.GetProperty("report");
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)")]
    private static partial Regex Links();
}
