using System.Text.Json;
using MocoSharp.Embeddings;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;

namespace MocoSharp.Cli.Tests;

public sealed class SearchCommandTests : Workbench
{
    private const int Pictured = 3 * (TrainPerClass + TestPerClass);

    [Fact]
    public void Hits_are_those_of_comparing_all_rows_one_by_one()
    {
        string query = Embedded("a.parquet", "pictures", "test", "red", "02.png");
        JsonElement hits = Hits(Tool.Run("search", At("run"), query, "--in", At("a.parquet"), "--top", "7", "--json"));
        (string Name, double Similarity)[] expected = [.. ByHand("a.parquet", "test/red/02.png")];
        Dictionary<string, double> byName = expected.ToDictionary(static hit => hit.Name, static hit => hit.Similarity);
        Assert.Equal("test/red/02.png", Names(hits)[0]);
        Assert.Equal(8, Names(hits).Distinct().Count());
        // the query was embedded in another batch than the file, and in bf16 that changes a cosine a little: hits may change places
        foreach ((int place, JsonElement hit) in hits.EnumerateArray().Index())
        {
            Assert.Equal(expected[place].Similarity, hit.GetProperty("similarity").GetDouble(), 2e-3);
            Assert.Equal(expected[place].Similarity, byName[Names(hits)[place]], 2e-3);
        }
    }

    [Fact]
    public void A_picture_that_is_in_the_file_comes_first_and_does_not_count_unless_that_is_asked_for()
    {
        string query = Embedded("a.npy", "pictures", "train", "blue", "03.png");
        JsonElement without = Hits(Tool.Run("search", At("run"), query, "--in", At("a.npy"), "--top", "3", "--json"));
        JsonElement with = Hits(Tool.Run("search", At("run"), query, "--in", At("a.npy"), "--top", "3", "--with-itself", "--json"));
        Assert.Equal([true, false, false, false], without.EnumerateArray().Select(static hit => hit.GetProperty("is_itself").GetBoolean()));
        Assert.Equal([true, false, false], with.EnumerateArray().Select(static hit => hit.GetProperty("is_itself").GetBoolean()));
        Assert.Equal(Names(without).Take(3), Names(with));
        Tool table = Tool.Run("search", At("run"), query, "--in", At("a.npy"), "--top", "3").Succeeded();
        // one picture is embedded by other kernels than a batch: in bf16 its cosine with its own row may end in 0.9999
        Assert.Matches(@"\| itself \| +(0\.99\d\d|1\.0000) \| +3 \| train/blue/03\.png +\| blue +\|", table.Out);
        Assert.Matches(@"\|      3 \|", table.Out);
        Assert.DoesNotMatch(@"\|      4 \|", table.Out);
    }

    [Fact]
    public void The_same_picture_under_another_name_is_an_ordinary_hit()
    {
        string copy = At("copy.png");
        File.Copy(Embedded("a.npy", "pictures", "train", "blue", "03.png"), copy);
        JsonElement hits = Hits(Tool.Run("search", At("run"), copy, "--in", At("a.npy"), "--top", "2", "--json"));
        Assert.Equal(2, hits.GetArrayLength());
        Assert.Equal("train/blue/03.png", Names(hits)[0]);
        Assert.False(hits[0].GetProperty("is_itself").GetBoolean());
    }

    [Fact]
    public void A_folder_asks_with_all_of_its_pictures_and_those_that_cannot_be_read_are_named()
    {
        Embedded("a.npy", "pictures");
        File.WriteAllText(At("pictures", "test", "red", "01.png"), "no picture");
        Tool tool = Tool.Run("search", At("run"), At("pictures", "test", "red"), At("nowhere.png"), "--in", At("a.npy"), "--top", "1");
        tool.Succeeded();
        Assert.Contains($"cannot read {At("pictures", "test", "red", "01.png")}: ", tool.Out, StringComparison.Ordinal);
        Assert.Contains($"cannot read {At("nowhere.png")}: ", tool.Out, StringComparison.Ordinal);
        Assert.Contains($"3 pictures compared with {Pictured} rows", tool.Out, StringComparison.Ordinal);
        Assert.Contains("; 2 pictures could not be read", tool.Out, StringComparison.Ordinal);
        Tool none = Tool.Run("search", At("run"), At("nowhere.png"), "--in", At("a.npy"));
        Assert.Equal(ExitCode.Failed, none.Code);
        Assert.Contains(At("nowhere.png"), none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_an_embedding_are_passed_over_and_counted()
    {
        Train("run", "--epochs", "1").Succeeded();
        string folder = Flat(6);
        File.WriteAllText(At("flat", "001.png"), "no picture");
        Tool.Run("embed", At("run"), "--data", folder, "-o", At("a.npy")).Succeeded();
        Tool tool = Tool.Run("search", At("run"), At("flat", "000.png"), "--in", At("a.npy"), "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal((5, 1), (document.RootElement.GetProperty("rows").GetInt32(), document.RootElement.GetProperty("absent").GetInt32()));
        Assert.Equal(5, Hits(tool).GetArrayLength());
        Assert.DoesNotContain("001.png", Names(Hits(tool)));
        Assert.Contains("1 row has no embedding and was passed over", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_has_a_row_for_each_query_and_a_table_a_line_for_each_hit()
    {
        Embedded("a.npy", "pictures");
        string[] command = ["search", At("run"), At("pictures", "test", "red"), "--in", At("a.npy"), "--top", "2", "--data", Pictures(),
            "-o", At("out", "sheet.png"), "--csv", At("out", "hits.csv")];
        Tool.Run(command).Succeeded();
        int width = ImageDecoder.Load(At("out", "sheet.png")).Width, height = ImageDecoder.Load(At("out", "sheet.png")).Height;
        Assert.InRange(height, TestPerClass * ContactSheet.DefaultTile, (TestPerClass + 1) * ContactSheet.DefaultTile);
        Assert.InRange(width, 4 * ContactSheet.DefaultTile, 5 * ContactSheet.DefaultTile);
        string[] lines = File.ReadAllLines(At("out", "hits.csv"));
        Assert.Equal("query,place,row,name,label,similarity,itself", lines[0]);
        Assert.Equal(1 + 3 * TestPerClass, lines.Length);
        Assert.Matches(@",test/red/00\.png,red,(0\.99\d\d|1\.0000),true", lines[1]);
        Tool refused = Tool.Run(command);
        Assert.Contains("MS6006", refused.Error, StringComparison.Ordinal);
        Tool.Run([.. command, "--force"]).Succeeded();
    }

    [Fact]
    public void The_layer_of_a_Parquet_file_may_be_named_and_its_sheet_drawn_whether_it_holds_one_or_several()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] embed = ["embed", At("run"), "--data", Pictures(), "-o"];
        Tool.Run([.. embed, At("one.parquet")]).Succeeded();
        Tool.Run([.. embed, At("two.parquet"), "--layer", "layer2", "--layer", "backbone"]).Succeeded();
        string[] ask = ["search", At("run"), At("pictures", "test", "red", "00.png"), "--data", Pictures(), "--layer", "backbone", "--in"];
        Tool one = Tool.Run([.. ask, At("one.parquet"), "-o", At("one.png")]).Succeeded();
        Tool two = Tool.Run([.. ask, At("two.parquet"), "-o", At("two.png")]).Succeeded();
        Assert.Equal(one.Lines.Take(10), two.Lines.Take(10));
        Assert.Equal(File.ReadAllBytes(At("one.png")), File.ReadAllBytes(At("two.png")));
        Tool asked = Tool.Run("duplicates", "--in", At("two.parquet"), "--data", Pictures());
        Assert.Contains("several columns hold lists of numbers", asked.Error, StringComparison.Ordinal);
        Tool.Run("duplicates", "--in", At("two.parquet"), "--data", Pictures(), "--layer", "layer2").Succeeded();
    }

    [Theory, InlineData("parquet"), InlineData("npy")]
    public void Embeddings_of_another_encoder_are_refused_where_the_file_tells_and_the_fix_works(string format)
    {
        string query = Embedded($"a.{format}", "pictures", "test", "red", "00.png");
        Train("other", "--epochs", "1", "--set", "encoder.width=0.25").Succeeded();
        Tool refused = Tool.Run("search", At("other"), query, "--in", At($"a.{format}"));
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS5105", refused.Error, StringComparison.Ordinal);
        Assert.Contains(format == "npy" ? "its rows have 64 numbers, and backbone of" : "of another encoder than that of", refused.Error,
            StringComparison.Ordinal);
        Assert.Contains($"moco embed {At("other")} --data DIR --layer backbone -o FILE", refused.Error, StringComparison.Ordinal);
        Tool.Run("embed", At("other"), "--data", Pictures(), "--layer", "backbone", "-o", At($"b.{format}")).Succeeded();
        Tool.Run("search", At("other"), query, "--in", At($"b.{format}")).Succeeded();
    }

    [Fact]
    public void A_file_that_does_not_tell_its_encoder_is_warned_of()
    {
        string query = Embedded("a.npy", "pictures", "test", "red", "00.png");
        Assert.Contains("does not say which encoder made it", Tool.Run("search", At("run"), query, "--in", At("a.npy")).Flat,
            StringComparison.Ordinal);
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("a.parquet")).Succeeded();
        Assert.DoesNotContain("does not say", Tool.Run("search", At("run"), query, "--in", At("a.parquet")).Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void The_layer_is_the_files_and_another_one_is_refused()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("a.safetensors"), "--layer", "layer2").Succeeded();
        string query = At("pictures", "test", "red", "00.png");
        Tool tool = Tool.Run("search", At("run"), query, "--in", At("a.safetensors")).Succeeded();
        Assert.Contains("layer layer2", tool.Out, StringComparison.Ordinal);
        Assert.Contains("itself", tool.Out, StringComparison.Ordinal);
        Tool refused = Tool.Run("search", At("run"), query, "--in", At("a.safetensors"), "--layer", "layer3");
        Assert.Contains("MS5105", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_of_other_pictures_is_refused_with_both_first_names()
    {
        string query = Embedded("a.npy", "pictures", "test", "red", "00.png");
        Tool tool = Tool.Run("search", At("run"), query, "--in", At("a.npy"), "--data", Flat(2), "-o", At("sheet.png"));
        Assert.Contains("MS5106", tool.Error, StringComparison.Ordinal);
        Assert.Contains("('test/red/00.png' is the first)", tool.Error, StringComparison.Ordinal);
        Assert.Contains("('000.png' is the first)", tool.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("sheet.png")));
    }

    [Theory]
    [InlineData("--top", "0"), InlineData("--layer", "layer/2"), InlineData("-o", "sheet.png"), InlineData("--data", "here")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("search", At("run"), At("a.png"), "--in", At("a.npy"), option, value).Code);

    [Fact]
    public void What_is_needed_is_asked_for_and_help_names_every_option()
    {
        Assert.Equal(ExitCode.Usage, Tool.Run("search", At("run"), At("a.png")).Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("search", At("run"), "--in", At("a.npy")).Code);
        string help = Tool.Run("search", "--help").Succeeded().Flat;
        foreach (string word in new[] { "--in", "--top", "--with-itself", "--layer", "--data", "--output", "--csv", "--force" })
            Assert.Contains(word, help, StringComparison.Ordinal);
    }

    private string Embedded(string file, params string[] picture)
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At(file)).Succeeded();
        return At(picture);
    }

    private static JsonElement Hits(Tool tool) =>
        JsonDocument.Parse(tool.Succeeded().Out).RootElement.GetProperty("queries")[0].GetProperty("hits");

    private static string[] Names(JsonElement hits) =>
        [.. hits.EnumerateArray().Select(static hit => hit.GetProperty("name").GetString()!)];

    private IEnumerable<(string Name, double Similarity)> ByHand(string path, string query)
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(At(path));
        float[] values = new float[file.Count * file.Dimensions];
        file.Read(0, values);
        double[][] rows = [.. values.Chunk(file.Dimensions).Select(static row =>
        {
            double length = Math.Sqrt(row.Sum(static value => (double)value * value));
            return row.Select(value => value / length).ToArray();
        })];
        double[] own = rows[file.Names!.ToList().IndexOf(query)];
        return [.. file.Names!.Zip(rows, (name, row) => (name, row.Zip(own, static (a, b) => a * b).Sum()))
            .OrderByDescending(static hit => hit.Item2)];
    }
}
