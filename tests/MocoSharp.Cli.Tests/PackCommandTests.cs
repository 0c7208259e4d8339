using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class PackCommandTests : Workbench
{
    [Fact]
    public void A_packed_file_trains_to_the_same_weights_as_the_folder()
    {
        Tool packed = Tool.Run("pack", Pictures(), "-o", At("data.pack")).Succeeded();
        Assert.Matches(@"60 pictures \(48 to train, 12 to test\)", packed.Out);
        Train("folder", "--epochs", "1").Succeeded();
        Tool.Run("train", Recipe, "--data", At("data.pack"), "--run", At("packed"), "--epochs", "1").Succeeded();
        Assert.Equal(Weights("folder"), Weights("packed"));         // the encoder's file says which pictures its run learned from
        Tool.Run("eval", "knn", At("packed")).Succeeded();
        Tool.Run("views", Recipe, "--data", At("data.pack"), "-o", At("views.png")).Succeeded();
    }

    private byte[] Weights(string run) =>
        File.ReadAllBytes(Path.Combine(Directory.EnumerateDirectories(At(run, "checkpoints")).Max()!, "weights.safetensors"));

    [Fact]
    public void Json_says_what_was_made()
    {
        Tool tool = Tool.Run("pack", Pictures(), "-o", At("small.pack"), "--size", "10", "--format", "jpeg", "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        Assert.Equal(60, document.RootElement.GetProperty("pictures").GetInt32());
        Assert.Equal(new FileInfo(At("small.pack")).Length, document.RootElement.GetProperty("bytes").GetInt64());
        Assert.Equal(0, document.RootElement.GetProperty("resumed").GetInt32());
    }

    [Fact]
    public void A_file_that_is_there_is_not_replaced_without_force()
    {
        File.WriteAllText(At("mine.pack"), "precious");
        Tool refused = Tool.Run("pack", Pictures(), "-o", At("mine.pack"));
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("MS3043", refused.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(At("mine.pack")));
        Tool.Run("pack", Pictures(), "-o", At("mine.pack"), "--force").Succeeded();
    }

    [Theory]
    [InlineData("--quality", "101"), InlineData("--quality", "0"), InlineData("--size", "0"), InlineData("--format", "gif"),
        InlineData("--bad-share", "-1")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("pack", Pictures(), "-o", At("x.pack"), option, value).Code);

    [Fact]
    public void Labels_of_a_csv_file_are_given_when_packing()
    {
        Tool.Run("pack", Pictures(), "-o", At("data.pack")).Succeeded();
        File.WriteAllText(At("labels.csv"), "file,label\ntrain/red/00.png,red\n");
        Tool refused = Tool.Run("train", Recipe, "--data", At("data.pack"), "--labels", At("labels.csv"), "--run", At("run"));
        Assert.Contains("MS3044", refused.Error, StringComparison.Ordinal);
    }
}
