using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class ViewsCommandTests : Workbench
{
    [Fact]
    public void It_writes_a_picture_and_says_where_and_how_large()
    {
        string sheet = At("new", "sheet.png");
        Tool tool = Tool.Run("views", Recipe, "--data", Pictures(), "-o", sheet, "--count", "3", "--draws", "2").Succeeded();
        Image image = ImageDecoder.Load(sheet);
        Assert.Contains($"{image.Width} x {image.Height}", tool.Out, StringComparison.Ordinal);
        Assert.Contains("randomResizedCrop", tool.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("null", tool.Out, StringComparison.Ordinal);                  // keys that the view has no value for
    }

    [Fact]
    public void The_same_seed_gives_the_same_picture_and_another_seed_another()
    {
        byte[] Sheet(string seed)
        {
            Tool.Run("views", Recipe, "--data", Pictures(), "-o", At("sheet.png"), "--count", "3", "--seed", seed).Succeeded();
            return File.ReadAllBytes(At("sheet.png"));
        }
        byte[] first = Sheet("5");
        Assert.Equal(first, Sheet("5"));
        Assert.NotEqual(first, Sheet("6"));
    }

    [Fact]
    public void Pairs_are_rows_of_one_draw_of_each_view()
    {
        Tool many = Tool.Run("views", Recipe, "--data", Pictures(), "-o", At("sheet.png"), "--pairs", "5").Succeeded();
        Image pairs = ImageDecoder.Load(At("sheet.png"));
        Tool.Run("views", Recipe, "--data", Pictures(), "-o", At("same.png"), "--count", "5", "--draws", "1").Succeeded();
        Assert.Equal(File.ReadAllBytes(At("same.png")), File.ReadAllBytes(At("sheet.png")));
        Assert.Contains("then 1 draw of each view", many.Out, StringComparison.Ordinal);
        Tool.Run("views", Recipe, "--data", Pictures(), "-o", At("more.png"), "--pairs", "5", "--draws", "3").Succeeded();
        Assert.Equal(pairs.Width, ImageDecoder.Load(At("more.png")).Width);                  // pairs go before draws
    }

    // the place that -o has by default is views.png in the current folder
    [Theory, InlineData("pictures"), InlineData("."), InlineData("pictures/train")]
    public void A_sheet_among_the_pictures_would_be_one_of_them_the_next_time(string data)
    {
        string sheet = Path.Combine(Pictures(), "train", "sheet.png");
        Tool tool = Tool.Run("views", Recipe, "--data", At(data), "-o", sheet);
        Assert.Equal(ExitCode.Usage, tool.Code);
        Assert.Contains("would lie among the pictures", tool.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(sheet));
    }

    [Fact]
    public void An_unknown_extension_is_refused()
    {
        Tool tool = Tool.Run("views", Recipe, "--data", Pictures(), "-o", At("sheet.bmp"));
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains(".png, .jpg or .webp", tool.Error, StringComparison.Ordinal);
    }
}
