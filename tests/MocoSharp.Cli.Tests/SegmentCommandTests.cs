using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class SegmentCommandTests : Workbench
{
    [Fact]
    public void Each_picture_is_drawn_and_written_as_a_mask_with_the_same_clusters_whatever_the_threads()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] ask = ["segment", At("run"), At("pictures", "test"), "--clusters", "3", "--layer", "layer1", "--places", "1000",
            "--masks"];
        JsonElement first = Document([.. ask, "-o", At("a"), "--json"]);
        Assert.Equal(3 * TestPerClass, first.GetProperty("pictures").GetArrayLength());
        Assert.Equal(100, first.GetProperty("clusters").EnumerateArray().Sum(static share => share.GetDouble()), 0.03);
        Document([.. ask, "-o", At("b"), "--threads", "1", "--json"]);
        string[] masks = [.. Directory.GetFiles(At("a", "masks"), "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.Equal(3 * TestPerClass, masks.Length);
        Assert.Equal(At("a", "masks", "blue", "00.png"), masks[0]);
        foreach (string mask in masks)
        {
            Assert.Equal(File.ReadAllBytes(mask), File.ReadAllBytes(mask.Replace(At("a"), At("b"), StringComparison.Ordinal)));
            ClassMask read = ClassMask.Load(mask);
            Assert.Equal((PictureSide, PictureSide, MaskKind.Entry), (read.Width, read.Height, read.Kind));
            Assert.InRange(read.Values.Max(), 0, 2);
        }
        Image overlay = ImageDecoder.Load(At("a", "overlays", "red", "03.png"));
        Assert.True(overlay.Width > 2 * overlay.Height / 3);
    }

    [Fact]
    public void Masks_that_it_wrote_agree_with_it_in_every_pixel()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] ask = ["segment", At("run"), At("pictures", "test"), "--clusters", "4", "--layer", "stem", "--places", "1000", "--size",
            $"{PictureSide}"];
        Tool.Run([.. ask, "-o", At("made"), "--masks"]).Succeeded();
        JsonElement same = Document([.. ask, "-o", At("again"), "--against-masks", At("made", "masks"), "--json"]);
        Assert.Equal(3 * TestPerClass, same.GetProperty("compared").GetInt32());
        Assert.Equal(100, same.GetProperty("agreement").GetProperty("mean_iou").GetDouble());
        Assert.Equal(["0", "1", "2", "3"], same.GetProperty("agreement").GetProperty("clusters").EnumerateArray()
            .Select(static one => one.GetProperty("class").GetString()));
        Tool shown = Tool.Run([.. ask, "-o", At("third"), "--against-masks", At("made", "masks")]).Succeeded();
        Assert.Contains("agreement with 12 masks: mean IoU 100.00%, 100.00% of the pixels", shown.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoders_file_makes_one_sheet_and_clusters_may_come_from_other_pictures()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] ask = ["segment", At("run", "encoder.safetensors"), At("pictures", "test", "red", "00.png"),
            At("pictures", "test", "blue", "01.png"), "--clusters", "3", "--places", "500"];
        Tool tool = Tool.Run([.. ask, "-o", At("sheet.png")]).Succeeded();
        Assert.Contains("2 pictures in 3 clusters, learned from 500 places of stem, layer1, layer2, layer3, layer4", tool.Out,
            StringComparison.Ordinal);
        Assert.True(ImageDecoder.Load(At("sheet.png")).Height > 2 * 180);
        Tool again = Tool.Run([.. ask, "-o", At("sheet.png")]);
        Assert.Contains("MS5145", again.Error, StringComparison.Ordinal);
        Tool.Run([.. ask, "-o", At("sheet.png"), "--force", "--data", At("pictures", "train")]).Succeeded();
    }

    [Fact]
    public void What_cannot_be_read_is_named_and_what_cannot_be_done_is_refused()
    {
        Train("run", "--epochs", "1").Succeeded();
        File.WriteAllText(At("pictures", "test", "red", "00.png"), "no picture");
        Tool tool = Tool.Run("segment", At("run"), At("pictures", "test"), "--places", "500", "-o", At("a")).Succeeded();
        Assert.Contains("11 pictures in 8 clusters", tool.Out, StringComparison.Ordinal);
        Assert.Contains("1 could not be read", tool.Out, StringComparison.Ordinal);
        Refused("MS3203", "none of the 1 pictures can be read", At("pictures", "test", "red", "00.png"));
        Refused("MS5145", "2 pictures would be written as 01.png", At("pictures", "test", "red", "01.png"),
            At("pictures", "test", "blue", "01.png"));
        Refused("MS5005", "no stage 'layer9'", At("pictures", "test"), "--layer", "layer9");
        Refused("MS5140", "none of 12 pictures has a mask", At("pictures", "test"), "--against-masks", At("run"));
        Refused("MS5145", "11 of the files to write are there already", At("pictures", "test"), "-o", At("a"));
    }

    [Theory]
    [InlineData("--clusters", "1"), InlineData("--clusters", "256"), InlineData("--layer", ","), InlineData("--ignore", "0")]
    [InlineData("--places", "many")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("segment", At("run"), At("a.png"), "-o", At("out"), option, value).Code);

    [Fact]
    public void What_is_needed_is_asked_for_and_help_names_every_option()
    {
        Assert.Equal(ExitCode.Usage, Tool.Run("segment", At("run"), "-o", At("out")).Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("segment", At("run"), At("a.png")).Code);
        Assert.Equal(ExitCode.Usage, Tool.Run("segment", At("run"), At("a.png"), "-o", At("out.png"), "--masks").Code);
        string help = Tool.Run("segment", "--help").Succeeded().Flat;
        foreach (string word in new[] { "--output", "--clusters", "--layer", "--data", "--masks", "--against-masks", "--ignore", "--size",
            "--places", "--seed", "--force", "--checkpoint", "--device", "--threads" })
            Assert.Contains(word, help, StringComparison.Ordinal);
    }

    private void Refused(string id, string what, params string[] more)
    {
        string[] output = more.Contains("-o") ? [] : ["-o", At("refused")];
        Tool tool = Tool.Run(["segment", At("run"), .. more, .. output, "--places", "500"]);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains($"error {id}", tool.Error, StringComparison.Ordinal);
        Assert.Contains(what, tool.Flat, StringComparison.Ordinal);
        Assert.Contains("fix: ", tool.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("refused")));
    }

    private static JsonElement Document(params string[] ask) => JsonDocument.Parse(Tool.Run(ask).Succeeded().Out).RootElement;
}
