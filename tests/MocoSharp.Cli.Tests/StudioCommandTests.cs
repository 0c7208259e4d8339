using System.Net.Http.Json;
using System.Text.Json;
using MocoSharp.Cli.Commands;
using MocoSharp.Runs;
using MocoSharp.Studio;

namespace MocoSharp.Cli.Tests;

/// <summary>The studio with real runs and the real tool: what it starts, and who reads what it writes.</summary>
public sealed class StudioCommandTests : Workbench
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Labels_that_are_given_in_it_are_read_by_eval_linear_and_select()
    {
        Train("runs/run", "--epochs", "1").Succeeded();
        Map();
        await using StudioServer studio = await Start();
        using HttpClient page = PageOf(studio);
        string id = await Id(page);
        for (int label = 0; label < 3; label++)
            await Post(page, $"/api/runs/{id}/labels",
                new { places = Enumerable.Range(label * TrainPerClass, 5), label = $"kind {label}" });      // training pictures come first
        string labels = At("runs", "run", "studio", "labels.csv");
        Tool linear = Tool.Run("eval", "linear", At("runs/run"), "--label-file", labels, "--draws", "1", "--json").Succeeded();
        JsonElement learned = JsonDocument.Parse(linear.Out).RootElement.GetProperty("results").EnumerateArray().Last();
        Assert.Equal(12, learned.GetProperty("labels").GetInt32());          // a fifth of the 15 is tested on
        Tool select = Tool.Run("select", "--in", At("runs", "run", "studio", "embeddings.npy"), "--budget", "4", "--labeled", labels, "-o",
            At("next.csv"), "--json").Succeeded();
        Assert.Equal(15, JsonDocument.Parse(select.Out).RootElement.GetProperty("labeled").GetInt32());
        string[][] rows = [.. File.ReadLines(At("next.csv")).Skip(1).Select(static line => line.Split(','))];      // file, label, rule
        string[] given = [.. File.ReadLines(labels).Skip(1).Select(static line => line.Split(',')[0]).Order()];
        Assert.Equal(given, rows.Where(static row => row[2].Length == 0).Select(static row => row[0]).Order());
        string[] asked = [.. rows.Where(static row => row[2].Length > 0).Select(static row => row[0])];
        Assert.Equal(4, asked.Length);
        Assert.Empty(asked.Intersect(given));
    }

    [Fact]
    public async Task A_dropped_file_finds_itself_first()
    {
        Train("runs/run", "--epochs", "1").Succeeded();
        Map();
        await using StudioServer studio = await Start();
        using HttpClient page = PageOf(studio);
        string id = await Id(page), name = File.ReadLines(At("runs", "run", "studio", "map.csv")).ElementAt(8).Split(',')[0];
        using ByteArrayContent file = new(File.ReadAllBytes(Path.Combine(Pictures(), name)));
        using HttpResponseMessage answer = await page.PostAsync($"/api/runs/{id}/find/file?top=3", file);
        JsonElement found = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(7, found.GetProperty("places")[0].GetInt32());
        Assert.InRange(found.GetProperty("similarities")[0].GetDouble(), 0.999, 1.001);
    }

    [Fact]
    public async Task It_makes_the_map_and_those_of_earlier_epochs()
    {
        Train("runs/run", "--epochs", "3", "--set", "checkpoints.keep=3").Succeeded();
        await using StudioServer studio = await Start();
        using HttpClient page = PageOf(studio);
        string id = await Id(page), kept = At("runs", "run", "studio");
        await Done(page, await Post(page, $"/api/runs/{id}/map"));
        await Done(page, await Post(page, $"/api/runs/{id}/map/epochs"));
        JsonElement map = await page.GetFromJsonAsync<JsonElement>($"/api/runs/{id}/map");
        Assert.Equal(3, map.GetProperty("epoch").GetInt32());
        JsonElement[] epochs = [.. map.GetProperty("epochs").EnumerateArray()];
        Assert.Equal([1, 2], epochs.Select(static one => one.GetProperty("epoch").GetInt32()));
        Assert.All(epochs, static one => Assert.True(one.GetProperty("isMade").GetBoolean()));
        byte[] points = await page.GetByteArrayAsync($"/api/runs/{id}/map/epochs/{epochs[0].GetProperty("step").GetInt64()}/points");
        Assert.Equal(8 * map.GetProperty("count").GetInt32(), points.Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(kept, "epochs"), "*.npy*"));
    }

    [Fact]
    public async Task It_stops_a_training_of_a_terminal_and_one_that_it_resumed()
    {
        Train("runs/run", "--epochs", "1000", "--stop-after", "1").Succeeded();
        RunFolder folder = new(At("runs/run"));
        Task<Tool> training = Task.Run(() => Tool.Run("resume", At("runs/run")), TestContext.Current.CancellationToken);
        await using (StudioServer studio = await Start())
        {
            using HttpClient page = PageOf(studio);
            string id = await Id(page);
            await Until(folder.IsInUse);
            await Post(page, $"/api/runs/{id}/stop");
            Tool stopped = await training.WaitAsync(s_patience, TestContext.Current.CancellationToken);
            Assert.Equal(ExitCode.Canceled, stopped.Code);
            Assert.Contains("moco resume", stopped.Flat, StringComparison.Ordinal);
            long step = folder.Steps()[0];
            await Post(page, $"/api/runs/{id}/resume");
            await Until(() => folder.IsInUse() && folder.Steps()[0] > step);
        }
        Assert.False(folder.IsInUse());
        Assert.Null(RunFailure.Read(folder));
    }

    private void Map()
    {
        string kept = Directory.CreateDirectory(At("runs", "run", "studio")).FullName;
        Tool.Run("embed", At("runs/run"), "--data", Pictures(), "-o", Path.Combine(kept, "embeddings.npy")).Succeeded();
        Tool.Run("map", Path.Combine(kept, "embeddings.npy"), "-o", Path.Combine(kept, "map.png"), "--points",
            Path.Combine(kept, "map.csv")).Succeeded();
    }

    private Task<StudioServer> Start()
    {
        string page = Directory.CreateDirectory(At("page")).FullName;
        File.WriteAllText(Path.Combine(page, "index.html"), "<!doctype html><title>studio</title>");
        return StudioServer.StartAsync(new StudioOptions(At("runs"), StudioCommand.OwnProgram(), Page: page));
    }

    private static HttpClient PageOf(StudioServer studio)
    {
        HttpClient page = new() { BaseAddress = studio.Address };
        page.DefaultRequestHeaders.Add("X-Moco-Token", studio.Token);
        return page;
    }

    private static async Task<string> Id(HttpClient page) =>
        (await page.GetFromJsonAsync<JsonElement>("/api/runs"))[0].GetProperty("id").GetString()!;

    private static async Task<JsonElement> Post(HttpClient page, string path, object? what = null)
    {
        using HttpResponseMessage answer = await page.PostAsJsonAsync(path, what);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task Done(HttpClient page, JsonElement job)
    {
        JsonElement now = job;
        await Until(() =>
        {
            now = page.GetFromJsonAsync<JsonElement>("/api/jobs").GetAwaiter().GetResult().EnumerateArray()
                .Single(one => one.GetProperty("number").GetInt32() == job.GetProperty("number").GetInt32());
            return now.GetProperty("state").GetString() is not ("waiting" or "running");
        });
        Assert.True(now.GetProperty("state").GetString() == "done", now.ToString());
    }

    private static async Task Until(Func<bool> holds)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (!holds()) await Task.Delay(50, patience.Token);
    }
}
