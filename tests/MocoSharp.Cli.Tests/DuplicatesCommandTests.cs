using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class DuplicatesCommandTests : Workbench
{
    [Fact]
    public void Pictures_that_a_run_embedded_are_compared_and_named_with_what_was_done_to_them()
    {
        Train("run", "--epochs", "1").Succeeded();
        string data = Data("data", ("a.png", Scenes.Of(1)), ("b.png", Scenes.Of(2)), ("c.png", Scenes.Of(3)),
            ("d.png", Scenes.Changed(Scenes.Of(2), "mirrored")));
        File.Copy(At("data", "a.png"), At("data", "e.png"));
        Tool.Run("embed", At("run"), "--data", data, "-o", At("a.parquet")).Succeeded();
        Tool tool = Tool.Run("duplicates", "--in", At("a.parquet"), "--data", data, "--csv", At("pairs.csv"), "-o", At("g.html"));
        tool.Succeeded();
        Assert.Matches(@"\| a\.png \| e\.png +\| equal pixels \| 1\.0000 \| 1\.0000 \|", tool.Out);
        Assert.Matches(@"\| b\.png \| d\.png +\| mirrored +\| \d\.\d{4} \| 1\.0000 \|", tool.Out);
        Assert.Contains("5 pictures: 2 groups, 2 pictures more than one of each", tool.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(At("pairs.csv"));
        Assert.Equal("group,first,second,why,similarity,correlation", lines[0]);
        Assert.StartsWith("1,a.png,e.png,equal pixels,1.0000,1.0000", lines[1], StringComparison.Ordinal);
        string page = File.ReadAllText(At("g.html"));
        Assert.Equal(4, page.Split("<img ").Length - 1);
        Assert.Contains("<td>mirrored</td>", page, StringComparison.Ordinal);
        Tool refused = Tool.Run("duplicates", "--in", At("a.parquet"), "--data", data, "-o", At("g.html"));
        Assert.Contains("MS6006", refused.Error, StringComparison.Ordinal);
        Tool.Run("duplicates", "--in", At("a.parquet"), "--data", data, "-o", At("g.html"), "--force").Succeeded();
    }

    [Fact]
    public void What_cannot_be_read_or_has_no_row_or_no_picture_is_named_and_counted()
    {
        string data = Data("data", ("a.png", Scenes.Of(1)), ("b.png", Scenes.Of(2)), ("more.png", Scenes.Of(3)));
        File.WriteAllText(At("data", "bad.png"), "no picture");
        File.WriteAllText(At("a.csv"), "name,e0,e1\na.png,1,0\nb.png,0,1\nbad.png,,\ngone.png,1,1\n");
        Tool tool = Tool.Run("duplicates", "--in", At("a.csv"), "--data", data, "--json").Succeeded();
        Assert.Contains("cannot read bad.png: ", tool.Error, StringComparison.Ordinal);
        foreach (string line in new[] { "1 row has no embedding", "1 row is of no picture", "1 picture has no row", "1 picture could not" })
            Assert.Contains(line, tool.Error, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        JsonElement root = document.RootElement;
        Assert.Equal((2, 0, 1, 1, 1, 1), (root.GetProperty("pictures").GetInt32(), root.GetProperty("groups").GetArrayLength(),
            root.GetProperty("absent").GetInt32(), root.GetProperty("not_in_data").GetInt32(), root.GetProperty("not_in_file").GetInt32(),
            root.GetProperty("unreadable").GetArrayLength()));
    }

    [Fact]
    public void Leaks_between_two_sets_are_named_and_sets_of_other_encoders_refused()
    {
        string train = Data("train", ("a.png", Scenes.Of(1)), ("b.png", Scenes.Of(2))),
            test = Data("test", ("x.png", Scenes.Changed(Scenes.Of(1), "brightness")), ("y.png", Scenes.Of(5)));
        File.WriteAllText(At("train.csv"), "name,e0,e1\na.png,1,0\nb.png,0,1\n");
        File.WriteAllText(At("test.csv"), "name,e0,e1\nx.png,1,0.1\ny.png,0,-1\n");
        string[] command = ["duplicates", "--in", At("train.csv"), "--data", train, "--against", test, "--against-in"];
        Tool tool = Tool.Run([.. command, At("test.csv"), "-o", At("leaks.png")]).Succeeded();
        Assert.Matches(@"\| a\.png \| x\.png \(other set\) \| brightness \|", tool.Out);
        Assert.Contains("1 group", tool.Out, StringComparison.Ordinal);
        Assert.True(ImageDecoder.Load(At("leaks.png")).Width > 0);
        File.WriteAllText(At("wide.csv"), "name,e0,e1,e2\nx.png,1,0,0\ny.png,0,0,1\n");
        Tool refused = Tool.Run([.. command, At("wide.csv")]);
        Assert.Contains("MS5105", refused.Error, StringComparison.Ordinal);
        Assert.Contains("make both files with one run", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_embeddings_the_way_to_make_them_is_told()
    {
        Tool tool = Tool.Run("duplicates", "--data", Flat(2));
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("--in, the file of embeddings, is missing", tool.Error, StringComparison.Ordinal);
        Assert.Contains($"moco embed RUN --data {At("flat")} -o FILE", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_the_same_a_page_says_so_and_no_picture_is_written()
    {
        string data = Data("data", ("a.png", Scenes.Of(1)), ("b.png", Scenes.Of(2)));
        File.WriteAllText(At("a.csv"), "name,e0,e1\na.png,1,0\nb.png,0,1\n");
        Tool picture = Tool.Run("duplicates", "--in", At("a.csv"), "--data", data, "-o", At("g.png")).Succeeded();
        Assert.Contains("g.png is not written: there is no group to show", picture.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(At("g.png")));
        Tool.Run("duplicates", "--in", At("a.csv"), "--data", data, "-o", At("g.html")).Succeeded();
        Assert.Contains("0 groups of the same picture", File.ReadAllText(At("g.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--threshold", "1.5"), InlineData("--threshold", "high"), InlineData("--against", "here")]
    [InlineData("--against-in", "b.npy")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("duplicates", "--in", At("a.npy"), "--data", Root, option, value).Code);

    [Fact]
    public void Help_names_every_option()
    {
        string help = Tool.Run("duplicates", "--help").Succeeded().Flat;
        foreach (string word in new[] { "--in", "--data", "--against", "--against-in", "--threshold", "--output", "--csv", "--force" })
            Assert.Contains(word, help, StringComparison.Ordinal);
    }

    private string Data(string folder, params (string Name, Image Picture)[] pictures)
    {
        Directory.CreateDirectory(At(folder));
        foreach ((string name, Image picture) in pictures) ImageEncoder.Save(picture, At(folder, name));
        return At(folder);
    }
}
