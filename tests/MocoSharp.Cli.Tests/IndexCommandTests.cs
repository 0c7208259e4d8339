using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class IndexCommandTests : Workbench
{
    private const int Pictured = 3 * (TrainPerClass + TestPerClass);

    [Fact]
    public void An_index_is_made_and_brought_up_to_date_and_says_what_it_finds()
    {
        Train("run", "--epochs", "1").Succeeded();
        Embed("a.npy");
        JsonElement made = Document(Tool.Run("index", At("a.npy"), "--json"));
        Assert.Equal((Pictured, Pictured, 0), Counts(made));
        Assert.Equal(1, made.GetProperty("recall").GetDouble());
        Assert.Equal("fp32", made.GetProperty("precision").GetString());
        Assert.True(File.Exists(At("a.npy.usearch")) && File.Exists(At("a.npy.usearch.rows")));
        byte[] before = File.ReadAllBytes(At("a.npy.usearch"));
        Assert.Equal((Pictured, 0, 0), Counts(Document(Tool.Run("index", At("a.npy"), "--json"))));

        Tool again = Tool.Run("index", At("a.npy"), "--rebuild").Succeeded();
        Assert.Equal(before, File.ReadAllBytes(At("a.npy.usearch")));
        Assert.Contains($"{Pictured} rows in the index, {Pictured} of them new, 0 removed", again.Out, StringComparison.Ordinal);
        Assert.Contains("It finds 100% of the ten nearest", again.Out, StringComparison.Ordinal);
        Tool refused = Tool.Run("index", At("a.npy"), "--precision", "int8");
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS5150", refused.Error, StringComparison.Ordinal);
        Assert.Contains("its numbers are fp32", refused.Flat, StringComparison.Ordinal);
        Tool.Run("index", At("a.npy"), "--precision", "int8", "--rebuild").Succeeded();
    }

    [Fact]
    public void A_search_asks_the_index_and_says_so_and_refuses_one_of_other_rows()
    {
        Train("run", "--epochs", "1").Succeeded();
        Embed("a.npy");
        string[] search = ["search", At("run"), At("pictures", "test", "red", "00.png"), "--in", At("a.npy"), "--top", "5"];
        JsonElement exact = Document(Tool.Run([.. search, "--json"]));
        Assert.False(exact.TryGetProperty("index_recall", out _));
        Tool.Run("index", At("a.npy")).Succeeded();
        JsonElement asked = Document(Tool.Run([.. search, "--json"]));
        Assert.Equal(1, asked.GetProperty("index_recall").GetDouble());
        Assert.Equal(Rows(exact), Rows(asked));
        Assert.Contains("it finds 100% of the ten nearest", Tool.Run(search).Succeeded().Out, StringComparison.Ordinal);

        File.Delete(At("pictures", "train", "red", "00.png"));
        File.Delete(At("a.npy"));
        File.Delete(At("a.npy.names.csv"));
        Embed("a.npy");
        Tool refused = Tool.Run(search);
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS5150", refused.Error, StringComparison.Ordinal);
        Tool.Run([.. search, "--exact"]).Succeeded();
        Assert.Equal((Pictured - 1, 0, 1), Counts(Document(Tool.Run("index", At("a.npy"), "--json"))));
        Tool.Run(search).Succeeded();
    }

    [Fact]
    public void Help_and_wrong_arguments_are_answered()
    {
        Tool.Run("index", "--help").Succeeded();
        Assert.Equal(ExitCode.Usage, Tool.Run("index").Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("index", "a.npy", "--precision", "fp64").Code);
        Tool none = Tool.Run("index", At("nowhere.npy"));
        Assert.Equal(ExitCode.Failed, none.Code);
        Assert.Contains(At("nowhere.npy"), none.Flat, StringComparison.Ordinal);
    }

    private void Embed(string file) => Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At(file)).Succeeded();

    private static int[] Rows(JsonElement document) => [.. document.GetProperty("queries")[0].GetProperty("hits").EnumerateArray()
        .Select(static hit => hit.GetProperty("row").GetInt32())];

    private static (int, int, int) Counts(JsonElement document) =>
        (document.GetProperty("rows").GetInt32(), document.GetProperty("added").GetInt32(), document.GetProperty("removed").GetInt32());

    private static JsonElement Document(Tool tool)
    {
        using JsonDocument document = JsonDocument.Parse(tool.Succeeded().Out);
        return document.RootElement.Clone();
    }
}
