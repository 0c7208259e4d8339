using System.Text.Json;
using MocoSharp.Runs;

namespace MocoSharp.Studio.Tests;

public sealed class WatchTests : StudioBench
{
    [Fact]
    public async Task A_run_tells_how_far_it_is()
    {
        JsonElement run = Assert.Single((await Json("/api/runs")).EnumerateArray());
        Assert.Equal(("first", "stopped", 2, 4), (run.GetProperty("name").GetString(), run.GetProperty("state").GetString(),
            run.GetProperty("epochsDone").GetInt32(), run.GetProperty("epochs").GetInt32()));
        Assert.Equal(42, run.GetProperty("knn").GetDouble());
        JsonElement course = await Json($"/api/runs/{run.GetProperty("id").GetString()}/course");
        Assert.Equal(2, course.GetProperty("epochs").GetArrayLength());
    }

    [Fact]
    public async Task A_run_that_trains_is_asked_to_stop_and_one_that_does_not_is_not()
    {
        string id = await IdOf("first");
        RunFolder folder = new(Path.Combine(Runs, "first"));
        Assert.Equal(StudioErrorIds.WrongState, await ErrorOf(await Page.PostAsync($"/api/runs/{id}/stop", null)));
        using (folder.Lock())
        {
            JsonElement run = await Post($"/api/runs/{id}/stop");
            Assert.Equal("training", run.GetProperty("state").GetString());
            Assert.True(run.GetProperty("isStopping").GetBoolean());
            Assert.Equal(StudioErrorIds.WrongState, await ErrorOf(await Page.PostAsync($"/api/runs/{id}/resume", null)));
        }
    }

    [Fact]
    public async Task A_run_that_failed_says_why()
    {
        File.WriteAllText(Path.Combine(Runs, "first", "failure.json"),
            """{"when":"2026-01-01T00:00:00Z","id":"MS4008","what":"the loss is NaN","at":null,"fix":"lower the rate"}""");
        JsonElement run = (await Json("/api/runs"))[0];
        Assert.Equal("failed", run.GetProperty("state").GetString());
        Assert.Equal("the loss is NaN", run.GetProperty("problem").GetProperty("what").GetString());
    }

    [Theory, InlineData("<img src=x onerror=alert(1)>"), InlineData("a\"b'c&d"), InlineData("$(touch x)"), InlineData("..."),
        InlineData("line\nbreak"), InlineData("--help")]
    public async Task A_hostile_name_is_text_and_no_more(string name)
    {
        MakeRun(name, epochs: 1);
        string id = await IdOf(name);
        Assert.Matches("^[0-9a-f]{12}$", id);
        Assert.EndsWith(name, (await Json($"/api/runs/{id}")).GetProperty("folder").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_of_100_MB_is_told_and_not_read_and_hides_no_other_run()
    {
        string folder = MakeRun("huge", epochs: 1);
        using (FileStream file = File.Open(Path.Combine(folder, "recipe.yaml"), FileMode.Open)) file.SetLength(100 << 20);
        JsonElement[] runs = [.. (await Json("/api/runs")).EnumerateArray()];
        Assert.Equal(2, runs.Length);
        JsonElement huge = runs.Single(static run => run.GetProperty("name").GetString() == "huge");
        Assert.Equal("unreadable", huge.GetProperty("state").GetString());
        Assert.Equal(StudioErrorIds.TooLarge, huge.GetProperty("problem").GetProperty("id").GetString());
        using HttpResponseMessage details = await Page.GetAsync($"/api/runs/{huge.GetProperty("id").GetString()}");
        Assert.True((await details.Content.ReadAsByteArrayAsync()).Length < 10_000);
    }

    [Fact]
    public async Task A_link_to_a_folder_elsewhere_is_not_followed()
    {
        string elsewhere = Path.Combine(Root, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.Copy(Path.Combine(Runs, "first", "recipe.yaml"), Path.Combine(elsewhere, "recipe.yaml"));
        Directory.CreateSymbolicLink(Path.Combine(Runs, "link"), elsewhere);
        Assert.Single((await Json("/api/runs")).EnumerateArray());
    }

    [Fact]
    public async Task A_page_hears_of_a_new_epoch()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        using Stream events = await Page.GetStreamAsync("/api/events", patience.Token);
        using StreamReader lines = new(events);
        Assert.Equal("event: runs", await lines.ReadLineAsync(patience.Token));
        MakeRun("first", epochs: 3);
        while (await lines.ReadLineAsync(patience.Token) is { } line)
            if (line.StartsWith("data: {", StringComparison.Ordinal) && line.Contains("\"epochsDone\":3", StringComparison.Ordinal)) return;
        Assert.Fail("the stream ended");
    }

    [Fact]
    public async Task Without_its_page_the_studio_says_how_to_get_it()
    {
        MocoException error = await Assert.ThrowsAsync<MocoException>(() =>
            StudioServer.StartAsync(new StudioOptions(Runs, new ToolCommand("moco", []), Page: Runs)));
        Assert.Equal(StudioErrorIds.NoPage, error.Id);
        Assert.Contains("tools/page", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_and_a_folder_that_is_not_there_are_told()
    {
        MocoException taken = await Assert.ThrowsAsync<MocoException>(() => StudioServer.StartAsync(
            new StudioOptions(Runs, new ToolCommand("moco", []), Studio.Address.Port, PageFolder)));
        Assert.Equal(StudioErrorIds.CannotListen, taken.Id);
        MocoException missing = await Assert.ThrowsAsync<MocoException>(() => StudioServer.StartAsync(
            new StudioOptions(Path.Combine(Root, "none"), new ToolCommand("moco", []), Page: PageFolder)));
        Assert.Equal(StudioErrorIds.NoRuns, missing.Id);
    }
}
