using System.Text.Json;
using MocoSharp.Exchange;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Cli.Tests;

public sealed class ExportCommandTests : Workbench
{
    [Theory, InlineData("onnx", "a.onnx"), InlineData("torchvision", "a.pth"), InlineData("npz", "a.npz")]
    public void A_run_is_exported_and_inspect_tells_what_is_in_the_file(string format, string file)
    {
        Train("run").Succeeded();
        Tool made = Tool.Run("export", At("run"), "--to", format, "-o", At("out", file)).Succeeded();
        Assert.Contains($"written to {At("out", file)}", made.Flat, StringComparison.Ordinal);
        Tool told = Tool.Run("inspect", At("out", file), "--json").Succeeded();
        JsonElement found = JsonDocument.Parse(told.Out).RootElement;
        JsonElement conv = found.GetProperty("tensors").EnumerateArray()
            .Single(static tensor => tensor.GetProperty("name").GetString() == "conv1.weight");
        Assert.Equal([8, 3, 3, 3], conv.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt32()));
        Assert.Equal(0, found.GetProperty("not_a_number").GetInt32());
        if (format != "onnx")
            Assert.StartsWith("resnet18-small, width 0.125", found.GetProperty("architecture").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_when_that_is_allowed()
    {
        Train("run").Succeeded();
        File.WriteAllText(At("a.npz"), "mine");
        Tool refused = Tool.Run("export", At("run"), "--to", "npz", "-o", At("a.npz"));
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains(CliErrorIds.FileExists, refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(At("a.npz")));
        Tool.Run("export", At("run"), "--to", "npz", "-o", At("a.npz"), "--force").Succeeded();
        Assert.NotEqual("mine", File.ReadAllText(At("a.npz")));
    }

    [Fact]
    public void A_format_that_is_not_known_is_refused_with_those_that_are()
    {
        Tool refused = Tool.Run("export", At("run"), "--to", "caffe", "-o", At("a.caffe"));
        Assert.Equal(ExitCode.Usage, refused.Code);
        foreach (ExportFormat format in Enum.GetValues<ExportFormat>())
            Assert.Contains(EncoderExport.NameOf(format), refused.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_prints_a_table_and_refuses_what_is_no_file_of_tensors()
    {
        Train("run").Succeeded();
        Tool told = Tool.Run("inspect", At("run", "encoder.safetensors")).Succeeded();
        Assert.Contains(told.Lines, static line => line.Contains("layer1.0.conv1.weight", StringComparison.Ordinal)
            && line.Contains("[8, 8, 3, 3]", StringComparison.Ordinal));
        Assert.Contains("looks like resnet18-small", told.Out, StringComparison.Ordinal);
        Tool refused = Tool.Run("inspect", Recipe);
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains(TorchErrorIds.ForeignFile, refused.Error, StringComparison.Ordinal);
    }

    // the encoder of one run, as PyTorch would have saved it within a whole network
    [Fact]
    public void A_training_begins_from_a_file_of_pytorch_and_says_what_was_taken()
    {
        Train("first").Succeeded();
        Tool.Run("export", At("first"), "--to", "torchvision", "-o", At("a.pth")).Succeeded();
        Tool second = Train("second", "--from", At("a.pth"), "--max-steps", "1", "--set", "learningRate.start=0.0000001").Succeeded();
        Assert.Contains("match", second.Flat, StringComparison.Ordinal);
        using SafetensorsFile one = Safetensors.Open(At("first", "encoder.safetensors")),
            other = Safetensors.Open(At("second", "encoder.safetensors"));
        Assert.True(one["conv1.weight"].ToArray<float>().Zip(other["conv1.weight"].ToArray<float>())
            .Max(static pair => Math.Abs(pair.First - pair.Second)) < 1e-5);
        Tool wrong = Train("third", "--from", At("a.pth"), "--set", "encoder.width=0.25");
        Assert.Equal(ExitCode.Failed, wrong.Code);
        string[] words = [ErrorIds.NothingFits, "of another shape: conv1.weight [8, 3, 3, 3] for [16, 3, 3, 3]", "moco inspect"];
        foreach (string word in words)
            Assert.Contains(word, wrong.Flat, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("third")));
        string[] gray = ["--from", At("a.pth"), "--max-steps", "1", "--set", "data.color=gray", "--set", "encoder.channels=1"];
        Assert.Contains("--adapt-channels", Train("gray", gray).Flat, StringComparison.Ordinal);
        Assert.Contains("adapted from 3 to 1 channel", Train("gray", [.. gray, "--adapt-channels"]).Succeeded().Flat,
            StringComparison.Ordinal);
        string[] back = ["--init", At("gray"), "--max-steps", "1"];       // a run's own file knows its channels by itself
        Assert.Contains("add --adapt-channels", Train("colors", back).Flat, StringComparison.Ordinal);
        Assert.Contains("adapted from 1 to 3 channels", Train("colors", [.. back, "--adapt-channels"]).Succeeded().Flat,
            StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Train("none", "--adapt-channels").Code);
    }
}
