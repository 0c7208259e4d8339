using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class AuditCommandTests : Workbench
{
    [Fact]
    public void Findings_are_a_table_a_page_a_csv_file_and_json_and_are_no_failure()
    {
        string data = Data(("dark.png", Faults.With("dark", 50)), ("copy.png", Faults.Plain(3)));
        Tool tool = Tool.Run("audit", data, "-o", At("g.html"), "--csv", At("f.csv")).Succeeded();
        Assert.Matches(@"\| dark +\| +1 \| dark\.png \(\d+\) +\| 64 \(fixed\) +\|", tool.Out);
        Assert.Contains("22 pictures: 2 findings; nothing was changed", tool.Out, StringComparison.Ordinal);
        Assert.Contains($"  moco embed RUN --data {data} -o embeddings.parquet", tool.Out, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(At("f.csv"));
        Assert.Equal("kind,picture,label,value,limit,limit_from,note,others", lines[0]);
        Assert.Matches(@"^dark,dark\.png,,\d+,64,fixed,,$", lines[1]);
        Assert.Equal("duplicate,copy.png,,1,1,fixed,equal pixels,03.png", lines[2]);
        Assert.Contains("<h2>dark: 1</h2>", File.ReadAllText(At("g.html")), StringComparison.Ordinal);
        Assert.Equal(22, Directory.GetFiles(data).Length);
        using JsonDocument document = JsonDocument.Parse(Tool.Run("audit", data, "--json").Succeeded().Out);
        JsonElement first = document.RootElement.GetProperty("findings")[0];
        Assert.Equal(("dark", "dark.png", 64.0), (first.GetProperty("kind").GetString(), first.GetProperty("picture").GetString(),
            first.GetProperty("limit").GetDouble()));
        Assert.Equal(1, document.RootElement.GetProperty("counts").GetProperty("duplicate").GetInt32());
    }

    [Fact]
    public void With_fail_findings_are_an_exit_code_of_their_own_and_a_clean_folder_is_0()
    {
        string data = Data(("dark.png", Faults.With("dark", 50)));
        Assert.Equal(ExitCode.Found, Tool.Run("audit", data, "--fail").Code);
        File.Delete(At("data", "dark.png"));
        Assert.Equal(ExitCode.Done, Tool.Run("audit", data, "--fail").Code);
    }

    [Fact]
    public void Embeddings_of_a_run_and_a_file_of_labels_are_taken()
    {
        Train("run", "--epochs", "1").Succeeded();
        string data = Data(("mirrored.png", Scenes.Changed(Faults.Plain(5), "mirrored")));
        File.WriteAllLines(At("labels.csv"), ["file,label", .. Enumerable.Range(0, 20).Select(static i => $"{i:00}.png,{"ab"[i % 2]}")]);
        Tool.Run("embed", At("run"), "--data", data, "-o", At("e.parquet")).Succeeded();
        Tool tool = Tool.Run("audit", data, "--in", At("e.parquet"), "--label-file", At("labels.csv"), "--neighbors", "8").Succeeded();
        Assert.Matches(@"\| near duplicate +\| +1 \| mirrored\.png \(mirrored: 05\.png\) +\| 0\.95 \(fixed\)", tool.Out);
        Assert.Contains("2 classes: a 10, b 10", tool.Out, StringComparison.Ordinal);
        Assert.Matches(@"neighbors agree with the label of \d+% of 20 pictures", tool.Out);
    }

    [Fact]
    public void Bad_input_is_told_with_a_way_out_and_nothing_is_written_over()
    {
        string data = Data();
        Directory.CreateDirectory(At("empty"));
        Assert.Contains("MS3021", Tool.Run("audit", At("empty")).Error, StringComparison.Ordinal);
        File.WriteAllText(At("foreign.csv"), "name,e0,e1\nx.png,1,0\ny.png,0,1\n");
        Assert.Contains("MS5106", Tool.Run("audit", data, "--in", At("foreign.csv")).Error, StringComparison.Ordinal);
        Tool usage = Tool.Run("audit", data, "--against-in", At("foreign.csv"));
        Assert.Equal(ExitCode.Usage, usage.Code);
        Assert.Contains("--against-in needs --against", usage.Error, StringComparison.Ordinal);
        File.WriteAllText(At("g.html"), "mine");
        Tool refused = Tool.Run("audit", data, "-o", At("g.html"));
        Assert.Contains("MS6006", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(At("g.html")));
        Tool.Run("audit", data, "-o", At("g.html"), "--force").Succeeded();
        Assert.Equal(ExitCode.Usage, Tool.Run("audit", data, "--share", "0.4").Code);
    }

    [Fact]
    public void A_folder_without_one_readable_picture_is_audited_too()
    {
        Directory.CreateDirectory(At("data"));
        File.WriteAllText(At("data", "a.jpg"), "no picture");
        File.WriteAllText(At("data", "b.png"), "");
        Tool tool = Tool.Run("audit", At("data"), "-o", At("g.html")).Succeeded();
        Assert.Contains("cannot read a.jpg: ", tool.Out, StringComparison.Ordinal);
        Assert.Contains("2 pictures: 2 findings", tool.Out, StringComparison.Ordinal);
    }

    /// <summary>Twenty plain pictures and some more.</summary>
    private string Data(params (string Name, Image Image)[] more)
    {
        Directory.CreateDirectory(At("data"));
        for (int i = 0; i < 20; i++) ImageEncoder.Save(Faults.Plain((ulong)i), At("data", $"{i:00}.png"));
        foreach ((string name, Image image) in more) ImageEncoder.Save(image, At("data", name));
        return At("data");
    }
}
