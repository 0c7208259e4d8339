using MocoSharp.Runs;

namespace MocoSharp.Studio.Tests;

/// <summary>The map at several epochs.</summary>
public sealed class EpochMapsTests : StudioBench
{
    [Fact]
    public async Task An_epochs_points_come_in_the_order_of_the_runs_own_map()
    {
        MakeEpochMap("first", step: 3);
        string id = await IdOf("first");
        byte[] points = await Page.GetByteArrayAsync($"/api/runs/{id}/map/epochs/3/points");
        float[] xs = [.. Enumerable.Range(0, Count).Select(i => BitConverter.ToSingle(points, 4 * i))];
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => (Classes - 1 - i / PerClass) * 10f + i % 4), xs);
        foreach (string step in new[] { "6", "-3", "99999999999" })
            Assert.Equal(StudioErrorIds.NotFound, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/map/epochs/{step}/points")));
    }

    [Fact]
    public async Task The_epochs_are_those_of_checkpoints_and_of_maps_that_are_there()
    {
        MakeEpochMap("first", step: 3);
        RunFolder folder = new(At("runs", "first"));
        Directory.CreateDirectory(folder.Checkpoint(6));
        Directory.SetLastWriteTimeUtc(folder.Checkpoint(6), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));      // after the map
        string id = await IdOf("first");
        Assert.Equal([(3, 1, true), (6, 2, false)], await Epochs(id));
        Directory.SetLastWriteTimeUtc(folder.Checkpoint(6), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));     // its own
        Directory.Delete(folder.Checkpoint(3));
        Assert.Equal([(3, 1, true)], await Epochs(id));
        Assert.Equal(2, (await Json($"/api/runs/{id}/map")).GetProperty("epoch").GetInt32());
    }

    [Fact]
    public async Task Missing_ones_are_made_from_the_latest_on_each_turned_onto_the_one_after_it()
    {
        RunFolder folder = new(MakeRun("second", epochs: 3));
        MakeMap("second");
        foreach (long step in new[] { 3, 6, 9 })
        {
            Directory.CreateDirectory(folder.Checkpoint(step));
            Directory.SetLastWriteTimeUtc(folder.Checkpoint(step), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(step - 10));
        }
        string id = await IdOf("second"), kept = At("runs", "second", "studio");
        string[] commands = [.. (await Post($"/api/runs/{id}/map/epochs")).GetProperty("commands").EnumerateArray()
            .Select(static one => one.GetString()!)];
        Assert.Equal(4, commands.Length);
        Assert.Contains("--checkpoint 6", commands[0], StringComparison.Ordinal);
        Assert.Contains($"--align {Path.Combine(kept, "map.csv")} --points {Path.Combine(kept, "epochs", "6.csv")}", commands[1],
            StringComparison.Ordinal);
        Assert.Contains("--checkpoint 3", commands[2], StringComparison.Ordinal);
        Assert.Contains($"--align {Path.Combine(kept, "epochs", "6.csv")} --points {Path.Combine(kept, "epochs", "3.csv")}", commands[3],
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_another_checkpoint_it_says_how_to_keep_some() =>
        Assert.Equal(StudioErrorIds.WrongState, await ErrorOf(await Page.PostAsync($"/api/runs/{await IdOf("first")}/map/epochs", null)));

    private async Task<IEnumerable<(int, int, bool)>> Epochs(string id) =>
        [.. (await Json($"/api/runs/{id}/map")).GetProperty("epochs").EnumerateArray().Select(static one =>
            (one.GetProperty("step").GetInt32(), one.GetProperty("epoch").GetInt32(), one.GetProperty("isMade").GetBoolean()))];
}
