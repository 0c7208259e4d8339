using ImageMagick;

namespace MocoSharp.Cli.Tests;

/// <summary>Folders with formats that phones, microscopes and scanners write.</summary>
public sealed class OwnFormatTests : Workbench
{
    private static readonly string[] s_kinds = [".png", ".TIF", ".bmp", ".gif", ".avif", ".jxl", ".jp2"];

    [Fact]
    public void Every_picture_of_a_mixed_folder_is_learned_from_and_labeled_and_the_rest_is_counted_with_what_to_do()
    {
        string folder = Mixed(pictures: 5);
        File.WriteAllText(Path.Combine(folder, "clip.MP4"), "a video");
        File.WriteAllText(Path.Combine(folder, "raw.cr2"), "raw");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "of no interest");
        Tool tool = Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1").Succeeded();
        Assert.Contains("35 pictures", tool.Out, StringComparison.Ordinal);
        Assert.Contains("1 .mp4 (make a picture a second of it: ffmpeg", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("1 .cr2 (develop", tool.Flat, StringComparison.Ordinal);
        Assert.DoesNotContain(".txt", tool.Out, StringComparison.Ordinal);
        Tool views = Tool.Run("views", Recipe, "--data", folder, "-o", At("v.png")).Succeeded();
        Assert.Contains(".mp4", views.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_one_such_kind_is_a_folder_of_pictures()
    {
        string folder = At("tiff");
        for (int i = 0; i < 20; i++) Write(Path.Combine(folder, $"{i}.tiff"), i);
        Assert.Contains("20 pictures", Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1").Succeeded().Out,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_labels_may_name_them()
    {
        string folder = Mixed(pictures: 5);
        File.WriteAllLines(At("labels.csv"),
            ["file,label", .. Directory.EnumerateFiles(folder)
            .Select(static (file, i) => $"{Path.GetFileName(file)},{(i % 2 == 0 ? "even" : "odd")}")]);
        Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1").Succeeded();
        Tool.Run("eval", "linear", At("run"), "--label-file", At("labels.csv"), "--labels", "3-per-class", "--draws", "2", "--save-head",
            "mine").Succeeded();
        Tool.Run("classify", At("run"), "--data", folder, "--head", "mine", "-o", At("out.csv")).Succeeded();
        Assert.Equal(1 + 35, File.ReadLines(At("out.csv")).Count());
        Tool.Run("pack", folder, "-o", At("all.pack")).Succeeded();
        Assert.Contains("35", Tool.Run("train", Recipe, "--data", At("all.pack"), "--run", At("packed"), "--epochs", "1").Succeeded().Out,
            StringComparison.Ordinal);
    }

    private string Mixed(int pictures)
    {
        string folder = At("mixed");
        foreach (string kind in s_kinds)
            for (int i = 0; i < pictures; i++) Write(Path.Combine(folder, $"{kind[1..]}{i}{kind}"), i);
        return folder;
    }

    private static void Write(string path, int seed)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using MagickImage image = new(MagickColor.FromRgb((byte)(40 * seed), 120, (byte)(255 - 20 * seed)), 24, 20);
        image.Write(path);
    }
}
