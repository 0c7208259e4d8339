using System.Net.Http.Json;
using System.Text.Json;

namespace MocoSharp.Studio.Tests;

/// <summary>A selection as a folder.</summary>
public sealed class SelectionFolderTests : StudioBench
{
    [Fact]
    public async Task It_holds_a_link_to_each_picture_and_the_labels_and_touches_nothing_that_is_there()
    {
        string id = await IdOf("first"), selections = At("runs", "first", "studio", "selections");
        Directory.CreateDirectory(Path.Combine(selections, "1"));
        await Post($"/api/runs/{id}/labels", new { places = new[] { 13 }, label = "mine" });
        JsonElement answer = await Post($"/api/runs/{id}/export/folder", new { places = new[] { 0, 13, 0 } });
        string folder = answer.GetProperty("folder").GetString()!;
        Assert.Equal((Path.Combine(selections, "2"), 2, 0),
            (folder, answer.GetProperty("links").GetInt32(), answer.GetProperty("copies").GetInt32()));
        foreach (int place in new[] { 0, 13 })
        {
            FileInfo link = new(Path.Combine(folder, NameOf(place)));
            Assert.Equal(At("pictures", NameOf(place)), link.LinkTarget);
            Assert.Equal(File.ReadAllBytes(At("pictures", NameOf(place))), File.ReadAllBytes(link.FullName));
        }
        Assert.Equal(["file,label", $"{NameOf(0)},blue", $"{NameOf(13)},mine"], File.ReadAllLines(Path.Combine(folder, "labels.csv")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(selections, "1")));
    }

    [Fact]
    public async Task A_hostile_name_leads_nowhere()
    {
        string map = At("runs", "first", "studio", "map.csv");
        File.AppendAllText(map, "../../../../outside.png,blue,1,1,0,false\n");
        File.WriteAllText(At("outside.png"), "");
        string id = await IdOf("first");
        Assert.Equal(StudioErrorIds.BadRequest,
            await ErrorOf(await Page.PostAsJsonAsync($"/api/runs/{id}/export/folder", new { places = new[] { Count } })));
        Assert.False(Directory.Exists(At("runs", "first", "studio", "selections")));
        using HttpResponseMessage other = await Other.PostAsJsonAsync($"/api/runs/{id}/export/folder", new { places = new[] { 0 } });
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, other.StatusCode);
    }
}
