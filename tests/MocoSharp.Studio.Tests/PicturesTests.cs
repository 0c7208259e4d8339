using System.Net.Http.Json;
using System.Text.Json;

namespace MocoSharp.Studio.Tests;

/// <summary>The map, look-alikes, labels and confusions.</summary>
public sealed class PicturesTests : StudioBench
{
    [Fact]
    public async Task The_map_has_places_and_everything_that_it_can_be_colored_by()
    {
        string id = await IdOf("first");
        JsonElement map = await Json($"/api/runs/{id}/map");
        Assert.Equal(Count, map.GetProperty("count").GetInt32());
        Assert.Equal(["label", "cluster", "part", "size (sizes.csv)"],
            map.GetProperty("columns").EnumerateArray().Select(static one => one.GetProperty("name").GetString()));
        byte[] points = await Page.GetByteArrayAsync($"/api/runs/{id}/map/points");
        Assert.Equal(Count * 8, points.Length);
        Assert.Equal(10f, BitConverter.ToSingle(points, PerClass * 4));
        byte[] codes = await Page.GetByteArrayAsync($"/api/runs/{id}/map/columns/0");
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => i / PerClass),
            Enumerable.Range(0, Count).Select(i => (int)BitConverter.ToUInt16(codes, 2 * i)));
        Assert.Equal(StudioErrorIds.NotFound, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/map/columns/9")));
    }

    [Fact]
    public async Task A_picture_is_served_small_and_anew()
    {
        string id = await IdOf("first");
        byte[] jpeg = await Page.GetByteArrayAsync($"/api/runs/{id}/pictures/3/thumbnail?side=96");
        Assert.Equal([0xFF, 0xD8], jpeg[..2]);
        Assert.Equal(StudioErrorIds.NotFound, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/pictures/{Count}/thumbnail?side=96")));
        Assert.Equal(StudioErrorIds.BadRequest, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/pictures/0/thumbnail?side=97")));
        File.Delete(Path.Combine(Root, "pictures", NameOf(5)));
        using HttpResponseMessage gone = await Page.GetAsync($"/api/runs/{id}/pictures/5/thumbnail?side=96");
        Assert.InRange((int)gone.StatusCode, 400, 499);
    }

    [Fact]
    public async Task Look_alikes_of_a_picture_and_of_a_selection_are_of_its_class()
    {
        string id = await IdOf("first");
        JsonElement like = await Json($"/api/runs/{id}/pictures/0/like?top=5");
        Assert.All(Places(like), static place => Assert.InRange(place, 1, PerClass - 1));
        JsonElement found = await Post($"/api/runs/{id}/find", new { places = new[] { 13, 14 }, top = 4 });
        Assert.Equal(4, Places(found).Length);
        Assert.All(Places(found), static place => Assert.Equal(1, place / PerClass));
        Assert.DoesNotContain(13, Places(found));
        Assert.Equal(StudioErrorIds.BadRequest, await ErrorOf(await Page.PostAsJsonAsync($"/api/runs/{id}/find", new { top = 4 })));
        Assert.Equal(StudioErrorIds.BadRequest, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/pictures/0/like?top=100000")));
    }

    [Fact]
    public async Task Labels_are_on_the_disk_at_once_and_are_undone_one_by_one()
    {
        string id = await IdOf("first"), file = Path.Combine(Runs, "first", "studio", "labels.csv");
        await Post($"/api/runs/{id}/labels", new { places = new[] { 1, 0 }, label = "cat, \"big\"" });
        Assert.Equal(["file,label", $"{NameOf(0)},\"cat, \"\"big\"\"\"", $"{NameOf(1)},\"cat, \"\"big\"\"\""], File.ReadAllLines(file));
        await Post($"/api/runs/{id}/labels", new { places = new[] { 1 }, label = "dog" });
        JsonElement after = await Post($"/api/runs/{id}/labels/undo");
        Assert.Equal(2, Assert.Single(after.GetProperty("classes").EnumerateArray()).GetProperty("count").GetInt32());
        await Post($"/api/runs/{id}/labels/undo");
        Assert.Equal(["file,label"], File.ReadAllLines(file));
        Assert.Equal(StudioErrorIds.WrongState, await ErrorOf(await Page.PostAsync($"/api/runs/{id}/labels/undo", null)));
        Assert.Equal(StudioErrorIds.BadRequest,
            await ErrorOf(await Page.PostAsJsonAsync($"/api/runs/{id}/labels", new { places = new[] { 0 }, label = "a\nb" })));
    }

    [Fact]
    public async Task Rows_of_other_pictures_stay_in_the_file_and_what_others_wrote_is_seen()
    {
        string id = await IdOf("first"), file = Path.Combine(Runs, "first", "studio", "labels.csv");
        File.WriteAllLines(file, ["file,label", "elsewhere/x.png,cat", $"{NameOf(2)},dog"]);
        JsonElement labels = await Post($"/api/runs/{id}/labels", new { places = new[] { 0 }, label = "cat" });
        Assert.Equal(2, labels.GetProperty("given").GetInt32());
        Assert.Contains("elsewhere/x.png,cat", File.ReadAllLines(file));
    }

    [Fact]
    public async Task Two_labels_suffice_to_suggest_the_others()
    {
        string id = await IdOf("first");
        Assert.Equal(ErrorIds.NoLabels, await ErrorOf(await Page.PostAsJsonAsync($"/api/runs/{id}/labels/suggest", new { count = 9 })));
        for (int label = 0; label < Classes; label++)
            await Post($"/api/runs/{id}/labels", new
            {
                places = new[] { label * PerClass, label * PerClass + 1 },
                label = $"class {label}"
            });
        JsonElement suggested = await Post($"/api/runs/{id}/labels/suggest", new { count = Count });
        int[] places = Places(suggested),
            labels = [.. suggested.GetProperty("labels").EnumerateArray().Select(static one => one.GetInt32())];
        Assert.Equal(Count - 2 * Classes, places.Length);
        Assert.Equal(places.Select(static place => place / PerClass), labels);
        Assert.InRange(suggested.GetProperty("milliseconds").GetDouble(), 0, 5000);
    }

    [Fact]
    public async Task A_selection_is_a_table_that_bears_the_labels()
    {
        string id = await IdOf("first");
        await Post($"/api/runs/{id}/labels", new { places = new[] { 1 }, label = "mine" });
        using HttpResponseMessage answer = await Page.PostAsJsonAsync($"/api/runs/{id}/export", new { places = new[] { 0, 1 } });
        Assert.Equal($"file,label\n{NameOf(0)},blue\n{NameOf(1)},mine\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Confusions_name_their_pictures()
    {
        string id = await IdOf("first");
        JsonElement what = await Json($"/api/runs/{id}/confusions");
        Assert.Equal(100, what.GetProperty("accuracy").GetDouble());
        Assert.True(what.GetProperty("isTested").GetBoolean());
        int[] cell = [.. (await Json($"/api/runs/{id}/confusions/1/1")).EnumerateArray().Select(static one => one.GetInt32())];
        Assert.Equal(PerClass / 4, cell.Length);
        Assert.All(cell, static place => Assert.Equal((1, 3), (place / PerClass, place % 4)));
        Assert.Equal(StudioErrorIds.NotFound, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/confusions/1/7")));
    }

    [Fact]
    public async Task What_was_not_made_yet_is_told()
    {
        MakeRun("second", epochs: 1);
        string id = await IdOf("second");
        foreach (string path in new[] { "map", "labels", "duplicates", "pictures/0" })
            Assert.Equal(StudioErrorIds.NoMap, await ErrorOf(await Page.GetAsync($"/api/runs/{id}/{path}")));
        Assert.Equal(StudioErrorIds.WrongState,
            await ErrorOf(await Page.PostAsJsonAsync($"/api/runs/{id}/evaluations", new { test = "knn" })));
    }

    private static int[] Places(JsonElement answer) =>
        [.. answer.GetProperty("places").EnumerateArray().Select(static one => one.GetInt32())];
}
