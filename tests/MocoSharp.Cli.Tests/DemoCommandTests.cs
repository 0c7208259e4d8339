using System.Buffers.Binary;
using System.Text.Json;
using MocoSharp.Imaging;

namespace MocoSharp.Cli.Tests;

public sealed class DemoCommandTests : Workbench
{
    private const int Side = 16, Classes = 3;

    [Fact]
    public void Its_last_output_is_one_document_with_six_results()
    {
        using JsonDocument document = JsonDocument.Parse(Demo("--run", At("demo"), "--json").Succeeded().Out);
        var results = document.RootElement.GetProperty("results").EnumerateArray().Select(static r => (
            Features: r.GetProperty("features").GetString(), Test: r.GetProperty("test").GetString(),
            Labels: r.GetProperty("labels").GetInt32(),
            Accuracy: r.GetProperty("accuracy").GetDouble(), HasSpread: r.TryGetProperty("spread", out _))).ToList();
        Assert.Equal(["pixels", "pixels", "untrained", "untrained", "trained", "trained"], results.Select(static r => r.Features));
        Assert.All(results, static result =>
        {
            Assert.Equal(result.Test == "linear", result.HasSpread);
            Assert.Equal(result.Test == "linear" ? 10 * Classes : 60, result.Labels);
            Assert.InRange(result.Accuracy, 0, 100);
        });
    }

    [Fact]
    public void For_people_there_is_a_table_and_what_to_try_with_ones_own_pictures()
    {
        Tool tool = Demo("--run", At("demo")).Succeeded();
        Assert.Contains("± ", tool.Out, StringComparison.Ordinal);
        Assert.Contains("moco train ", tool.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(At("demo", "views.png")));
        Assert.Single(Directory.GetFiles(At("demo", "eval"), "knn-*.json"));
    }

    [Fact]
    public void When_its_minutes_are_over_it_tests_what_was_learned_until_then()
    {
        Tool tool = Demo("--run", At("demo"), "--minutes", "0.0001", "--set", "training.epochs=500").Succeeded();
        Assert.Contains("testing what was learned until here", tool.Out, StringComparison.Ordinal);
        Assert.Contains("trained encoder", tool.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_pictures_it_names_the_package()
    {
        Tool tool = Tool.Run("demo", "--data", At("nowhere"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains("apt install dataset-fashion-mnist", tool.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_demo_gets_a_folder_of_its_own()
    {
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = Root;
            Demo("--set", "training.epochs=1").Succeeded();
            Demo("--set", "training.epochs=1").Succeeded();
            Assert.Equal(["demo", "demo-2"], Directory.EnumerateDirectories(At("runs")).Select(Path.GetFileName).Order());
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private Tool Demo(params string[] more)
    {
        string folder = Directory.CreateDirectory(At("idx")).FullName;
        Write(Path.Combine(folder, "train"), count: 60);
        Write(Path.Combine(folder, "t10k"), count: 12);
        return Tool.Run(["demo", "--data", folder, "--recipe", Recipe, .. more]);
    }

    private static void Write(string prefix, int count)
    {
        byte[] images = new byte[16 + count * Side * Side], labels = new byte[8 + count];
        int[] head = [0x803, count, Side, Side];
        for (int i = 0; i < head.Length; i++) BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4 * i), head[i]);
        BinaryPrimitives.WriteInt32BigEndian(labels, 0x801);
        BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
        for (int i = 0; i < count; i++)
        {
            int label = i % Classes;
            labels[8 + i] = (byte)label;
            Rng rng = Rng.For(7, i);
            for (int pixel = 0; pixel < Side * Side; pixel++) images[16 + i * Side * Side + pixel] = (byte)(rng.NextInt32(60) + 80 * label);
        }
        File.WriteAllBytes(prefix + "-images-idx3-ubyte", images);
        File.WriteAllBytes(prefix + "-labels-idx1-ubyte", labels);
    }
}
