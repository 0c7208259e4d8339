using System.Text.Json;
using MocoSharp.Embeddings;

namespace MocoSharp.Cli.Tests;

public sealed class EmbedCommandTests : Workbench
{
    private const int Pictured = 3 * (TrainPerClass + TestPerClass);

    [Theory, InlineData("npy"), InlineData("parquet"), InlineData("csv"), InlineData("safetensors")]
    public async Task Each_format_holds_the_same_rows_as_the_library_gives(string format)
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At($"out.{format}")).Succeeded();
        Assert.Contains($"{Pictured} pictures; numbers each: backbone 64", tool.Out, StringComparison.Ordinal);
        using EmbeddingsFile file = EmbeddingsFile.Open(At($"out.{format}"));
        Assert.Equal((Pictured, 64, Pictured), (file.Count, file.Dimensions, file.PresentCount));
        Assert.Equal("train/blue/00.png", file.Names![0]);
        Assert.Equal("test/red/03.png", file.Names[^1]);
        Assert.Equal(["blue", "red"], new[] { file.Labels![0], file.Labels[^1] });
        Assert.Equal(format is "parquet" or "safetensors", file.Encoder is not null && file.Layer == "backbone");
        float[] values = new float[Pictured * 64];
        file.Read(0, values);
        using MocoSharp.Features.Embedder embedder = Run.Open(At("run")).Embedder();
        float[][] expected = await embedder.EmbedAsync([.. file.Names.Select(name => At("pictures", name))]);
        Assert.Equal(expected.SelectMany(static row => row), values, static (x, y) => Math.Abs(x - y) < 0.02f);
        Assert.False(Directory.Exists(At($"out.{format}.partial")));
    }

    [Fact]
    public void A_place_where_no_file_can_be_is_told_of_before_the_first_picture()
    {
        Train("run", "--epochs", "1").Succeeded();
        Directory.CreateDirectory(At("folder.npy"));
        File.WriteAllText(At("file"), "");
        Tool folder = Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("folder.npy"), "--force");
        Assert.Equal(ExitCode.Failed, folder.Code);
        Assert.Contains("a file cannot be written there: it is a folder", folder.Flat, StringComparison.Ordinal);
        Tool below = Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("file", "a.npy"));
        Assert.Contains($"a file cannot be written there: {At("file")} is a file, and a folder would have to be there", below.Flat,
            StringComparison.Ordinal);
        Tool map = Tool.Run("map", At("a.npy"), "-o", At("file", "map.png"));
        Assert.Contains("MS6006", map.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_runs_encoder_file_alone_gives_the_same_bytes()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("a.parquet")).Succeeded();
        File.Copy(At("run", "encoder.safetensors"), At("copy.safetensors"));
        Tool.Run("embed", At("copy.safetensors"), "--data", Pictures(), "-o", At("b.parquet")).Succeeded();
        Assert.Equal(File.ReadAllBytes(At("a.parquet")), File.ReadAllBytes(At("b.parquet")));
    }

    [Theory, InlineData("npy"), InlineData("parquet"), InlineData("csv"), InlineData("safetensors")]
    public async Task Unreadable_pictures_are_named_and_marked_and_rows_stay_with_their_names(string format)
    {
        Train("run", "--epochs", "1").Succeeded();
        string folder = Flat(6);
        File.WriteAllText(At("flat", "001.png"), "no picture");
        File.WriteAllBytes(At("flat", "005.png"), []);
        Tool tool = Tool.Run("embed", At("run"), "--data", folder, "-o", At($"out.{format}")).Succeeded();
        Assert.Contains("cannot read 001.png: ", tool.Out, StringComparison.Ordinal);
        Assert.Contains("cannot read 005.png: ", tool.Out, StringComparison.Ordinal);
        Assert.Contains("6 pictures, 2 of them unreadable", tool.Out, StringComparison.Ordinal);
        using EmbeddingsFile file = EmbeddingsFile.Open(At($"out.{format}"));
        Assert.Equal([true, false, true, true, true, false], Enumerable.Range(0, 6).Select(file.IsPresent));
        Assert.Equal("004.png", file.Names![4]);
        float[] fourth = new float[file.Dimensions];
        file.Read(4, fourth);
        using MocoSharp.Features.Embedder embedder = Run.Open(At("run")).Embedder();
        Assert.Equal((await embedder.EmbedAsync([At("flat", "004.png")]))[0], fourth, (x, y) => Math.Abs(x - y) < 0.02f);
        if (format == "npy") Assert.Contains("001.png,,false", File.ReadAllLines(At("out.npy.names.csv")));
    }

    [Fact]
    public void Several_layers_have_a_file_each_and_a_table_of_what_neighbors_say()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] layers = ["--layer", "layer2", "--layer", "backbone", "--layer", "projected"];
        Tool tool = Tool.Run(["embed", At("run"), "--data", Pictures(), "-o", At("out.npy"), .. layers]).Succeeded();
        foreach ((string layer, string dimensions) in new[] { ("layer2", "16"), ("backbone", "64"), ("projected", "16") })
        {
            Assert.Matches($@"\| {layer} +\| +{dimensions} \| +\d+\.\d\d% \|", tool.Out);
            using EmbeddingsFile file = EmbeddingsFile.Open(At($"out.{layer}.npy"));
            Assert.Equal((Pictured, dimensions), (file.Count, $"{file.Dimensions}"));
        }
        Assert.Contains("kNN with k 5 and temperature 0.1: 12 pictures (those of the test part), named by 48 others", tool.Out,
            StringComparison.Ordinal);
        Assert.False(File.Exists(At("out.npy")));
        using JsonDocument knn = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--json").Succeeded().Out);
        using JsonDocument embedded = JsonDocument.Parse(Tool.Run(["embed", At("run"), "--data", Pictures(), "-o", At("out.parquet"),
            .. layers, "--json"]).Succeeded().Out);
        Assert.Equal(knn.RootElement.GetProperty("results")[2].GetProperty("accuracy").GetDouble(),
            embedded.RootElement.GetProperty("knn").GetProperty("layers")[1].GetProperty("accuracy").GetDouble());
        foreach (string layer in new[] { "layer2", "backbone", "projected" })
        {
            using EmbeddingsFile one = EmbeddingsFile.Open(At($"out.{layer}.npy")), other = EmbeddingsFile.Open(At("out.parquet"), layer);
            float[] a = new float[one.Count * one.Dimensions], b = new float[a.Length];
            one.Read(0, a);
            other.Read(0, b);
            Assert.Equal(a, b);
            Assert.Equal(layer, other.Layer);
        }
    }

    [Fact]
    public void Without_a_test_part_a_fifth_is_held_out_and_without_labels_there_is_no_table()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] layers = ["--layer", "layer1", "--layer", "backbone"];
        Tool held = Tool.Run(["embed", At("run"), "--data", Path.Combine(Pictures(), "train"), "-o", At("a.npy"), .. layers]).Succeeded();
        Assert.Contains("9 pictures (a fifth of each class, held out), named by 39 others", held.Out, StringComparison.Ordinal);
        Tool none = Tool.Run(["embed", At("run"), "--data", Flat(5), "-o", At("b.npy"), .. layers]).Succeeded();
        Assert.DoesNotContain("kNN", none.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_not_replaced_without_force()
    {
        Train("run", "--epochs", "1").Succeeded();
        File.WriteAllText(At("out.npy.names.csv"), "precious");
        Tool refused = Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("out.npy"));
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS5102", refused.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(At("out.npy.names.csv")));
        Assert.False(Directory.Exists(At("out.npy.partial")));
        Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("out.npy"), "--force").Succeeded();
        Assert.StartsWith("name,label,readable\n", File.ReadAllText(At("out.npy.names.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_what_was_made()
    {
        Train("run", "--epochs", "1").Succeeded();
        using JsonDocument document = JsonDocument.Parse(Tool.Run("embed", At("run"), "--data", Pictures(), "-o", At("out.npy"),
            "--precision", "fp32", "--json").Succeeded().Out);
        JsonElement root = document.RootElement;
        Assert.Equal([At("out.npy"), At("out.npy.names.csv")], root.GetProperty("files").EnumerateArray().Select(static f => f.GetString())
            .Order(StringComparer.Ordinal));
        Assert.Equal((Pictured, "fp32", 0, 0), (root.GetProperty("pictures").GetInt32(), root.GetProperty("precision").GetString(),
            root.GetProperty("resumed").GetInt32(), root.GetProperty("unreadable").GetArrayLength()));
        Assert.Equal(64, root.GetProperty("layers")[0].GetProperty("dimensions").GetInt32());
        Assert.Equal(64, root.GetProperty("encoder").GetString()!.Length);
    }

    [Theory]
    [InlineData("-o", "out.txt", "MS5104"), InlineData("--layer", "layer9", "MS5005"), InlineData("--checkpoint", "77", "MS4013")]
    public void What_cannot_be_is_told_before_anything_is_left(string option, string value, string id)
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] output = option == "-o" ? ["-o", At(value)] : ["-o", At("out.npy"), option, value];
        Tool tool = Tool.Run(["embed", At("run"), "--data", Pictures(), .. output]);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(id, tool.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root, "out*"));
    }

    [Theory]
    [InlineData("--precision", "fp8"), InlineData("--layer", "layer/2"), InlineData("--device", "gpu"), InlineData("--threads", "0")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("embed", At("run"), "--data", Root, "-o", At("out.npy"), option, value).Code);

    [Fact]
    public void What_is_needed_is_asked_for_and_a_layer_twice_is_wrong_usage()
    {
        Assert.Equal(ExitCode.Usage, Tool.Run("embed", At("run"), "-o", At("out.npy")).Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("embed", At("run"), "--data", Root).Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("embed", At("run"), "--data", Root, "-o", At("out.npy"), "--layer", "layer1", "--layer",
            "layer1").Code);
        Assert.Contains("MS4003", Tool.Run("embed", At("nowhere"), "--data", Root, "-o", At("out.npy")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_the_head_is_not_in_an_encoders_file()
    {
        Train("run", "--epochs", "1").Succeeded();
        Tool tool = Tool.Run("embed", At("run", "encoder.safetensors"), "--data", Pictures(), "-o", At("out.npy"), "--layer", "projected");
        Assert.Contains("MS5005", tool.Error, StringComparison.Ordinal);
        Assert.Contains("name the run's folder in place of the file", tool.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_formats_and_every_option()
    {
        string help = Tool.Run("embed", "--help").Succeeded().Flat;
        foreach (string word in new[] { ".npy, .parquet, .csv or .safetensors", "--layer", "--precision", "--labels", "--force" })
            Assert.Contains(word, help, StringComparison.Ordinal);
    }
}
