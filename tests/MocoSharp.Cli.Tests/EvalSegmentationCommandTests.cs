using System.Text.Json;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Cli.Tests;

public sealed class EvalSegmentationCommandTests : Workbench
{
    private const int Side = 32;
    private static readonly Rgb[] s_colors = [new(220, 40, 40), new(40, 200, 60), new(40, 60, 220)];

    [Fact]
    public void Classes_that_are_colors_are_found_by_pixels_and_all_is_kept_and_shown()
    {
        Learned(Scenes());
        string[] ask = ["eval", "segmentation", At("run"), "--masks", At("masks"), "--places", "2000", "--size", $"{Side}"];
        Tool tool = Tool.Run([.. ask, "--overlay", "3"]).Succeeded();
        foreach (string row in new[] { "pixels, 3 x 3", "untrained encoder", "trained encoder", "learned from 12 pictures, tested on 6" })
            Assert.Contains(row, tool.Out, StringComparison.Ordinal);
        string file = Assert.Single(Directory.GetFiles(At("run", "eval"), "*.json"));
        Assert.Matches(@"segmentation-all-masks-masks-[0-9a-f]{8}\.json$", file);
        JsonElement document = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        JsonElement[] results = [.. document.GetProperty("results").EnumerateArray()];
        Assert.Equal(["pixels", "pixels", "untrained", "untrained", "trained", "trained"],
            results.Select(static one => one.GetProperty("features").GetString()));
        Assert.Equal(["linear", "clusters"], results.Take(2).Select(static one => one.GetProperty("test").GetString()));
        Assert.All(results.Take(2), static one => Assert.InRange(one.GetProperty("mean_iou").GetDouble(), 97, 100));
        foreach (JsonElement one in results) AgreesWithItsCounts(one);
        JsonElement pictures = document.GetProperty("pictures");
        Assert.Equal((12, 6, 0, 0), (Whole(pictures, "train"), Whole(pictures, "test"), Whole(pictures, "without_mask"),
            Whole(pictures, "left_out")));
        Assert.Equal(6 * Side * Side, Whole(pictures, "pixels"));
        Image sheet = ImageDecoder.Load(Path.ChangeExtension(file, ".png"));
        Assert.True(sheet.Width > sheet.Height);
        string before = File.ReadAllText(file);
        Tool.Run([.. ask, "--overlay", "3", "--threads", "1"]).Succeeded();
        Assert.Equal(Numbers(before), Numbers(File.ReadAllText(file)));
    }

    [Fact]
    public void Terrain_tiles_are_tested_by_their_own_maps_from_each_view()
    {
        string tiles = Tiles();
        Tool.Run(["train", "terrain-combined", "--data", tiles, "--run", At("run"), "--epochs", "1", .. TerrainSettings]).Succeeded();
        JsonElement first = Document("eval", "segmentation", At("run"), "--layer", "layer2,stem", "--places", "1000");
        Assert.Equal(["stem", "layer2"], first.GetProperty("settings").GetProperty("layers").EnumerateArray()
            .Select(static one => one.GetString()));
        Assert.Equal(7, first.GetProperty("results")[0].GetProperty("classes").GetArrayLength());
        Assert.Equal("#118DD7", first.GetProperty("results")[0].GetProperty("classes")[0].GetProperty("name").GetString());
        Assert.True(File.Exists(At("run", "eval", "segmentation-stem+layer2.json")));

        Tool shown = Tool.Run("eval", "segmentation", At("run"), "--view", "1", "--layer", "stem", "--places", "1000", "--weight-decay",
            "0.001").Succeeded();
        Assert.Contains("the encoder sees the map of classes itself ('segmentation')", shown.Flat, StringComparison.Ordinal);
        JsonElement classes = JsonDocument.Parse(File.ReadAllText(At("run", "eval", "segmentation-stem-view1.json"))).RootElement;
        Assert.True(classes.GetProperty("results")[0].GetProperty("mean_iou").GetDouble() > 99);

        Tool refused = Tool.Run("eval", "segmentation", At("run"), "--view", "9");
        Assert.Contains("error MS5144", refused.Error, StringComparison.Ordinal);
        Assert.Contains("take one of 0 (terrain), 1 (segmentation), 2 (height), 3 (terrain)", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gray_masks_of_another_size_and_ignored_pixels_count_as_they_should()
    {
        string pictures = Scenes();
        foreach (string mask in Directory.GetFiles(At("masks"), "*.png", SearchOption.AllDirectories))
        {
            ClassMask read = ClassMask.Load(mask);
            Image half = new(Side / 2, Side / 2, 1);
            for (int i = 0; i < half.Samples.Length; i++)
                half.Samples[i] = i < Side ? (byte)255 : (byte)(10 + read.Values[2 * (i / (Side / 2)) * Side + 2 * (i % (Side / 2))]);
            File.WriteAllBytes(mask, ImageEncoder.Png(half));
        }
        Learned(pictures);
        string[] ask = ["eval", "segmentation", At("run"), "--masks", At("masks"), "--layer", "layer1", "--places", "1000",
            "--size", $"{Side}"];
        JsonElement usual = Document(ask);
        Assert.Equal(["10", "11", "12"], usual.GetProperty("results")[0].GetProperty("classes").EnumerateArray()
            .Select(static one => one.GetProperty("name").GetString()));
        Assert.Equal(6 * 4 * Side, Whole(usual.GetProperty("pictures"), "ignored_pixels"));
        JsonElement other = Document([.. ask, "--ignore", "12"]);
        Assert.Equal(["10", "11", "255"], other.GetProperty("results")[0].GetProperty("classes").EnumerateArray()
            .Select(static one => one.GetProperty("name").GetString()));
        Tool wrong = Tool.Run([.. ask, "--ignore", "#000000"]);
        Assert.Contains("the masks are written in gray values", wrong.Flat, StringComparison.Ordinal);
        Assert.Contains("write a number from 0 on", wrong.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_used_is_counted_named_and_left_out()
    {
        string pictures = Scenes();
        File.Delete(At("masks", "train", "03.png"));
        File.WriteAllBytes(At("masks", "train", "04.png"), ImageEncoder.PalettePng(Uniform(Side, Side / 2), s_colors));
        File.WriteAllText(At("masks", "test", "01.png"), "no picture");
        Learned(pictures);
        Tool tool = Tool.Run("eval", "segmentation", At("run"), "--masks", At("masks"), "--layer", "layer1", "--places", "1000")
            .Succeeded();
        Assert.Contains("1 of 18 pictures have no mask of their name", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("04.png is left out: the mask has 32 x 16 pixels, another shape than the picture's 32 x 32", tool.Flat,
            StringComparison.Ordinal);
        Assert.Contains("01.png is left out", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("left out: 1 picture without a mask, 2 that could not be used", tool.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_usable_masks_it_says_what_it_needs()
    {
        Learned(Scenes());
        Refused("MS5140", "come without a map of classes", "--masks");
        Refused("MS5140", "no such folder of masks", "PNG masks", "--masks", At("nowhere"));
        Refused("MS5140", "none of 12 pictures has a mask: that of 00.png would be 00.png", "--test-masks", "--masks", At("run"));
        Refused("MS5142", "more than 255 colors", "no JPEG in between", "--masks", At("pictures"));
        File.WriteAllBytes(At("masks", "train", "05.png"), ImageEncoder.Png(Uniform(Side, Side)));
        Refused("MS5141", "05.png in gray values", "write all of them alike", "--masks", At("masks"));
        foreach (string mask in Directory.GetFiles(At("masks"), "*.png", SearchOption.AllDirectories))
            File.WriteAllBytes(mask, ImageEncoder.Png(Uniform(Side, Side)));
        Refused("MS5142", "the masks hold one class", "two classes or more", "--masks", At("masks"));
        Refused("MS5005", "no stage 'layer9'", "stem, layer1, layer2, layer3, layer4", "--masks", At("masks"), "--layer", "layer9");
        Refused("MS5144", "no view 1", "leave --view out", "--masks", At("masks"), "--view", "1");
    }

    [Fact]
    public void Without_test_pictures_every_fifth_is_held_out_and_said()
    {
        Learned(Scenes());
        Tool tool = Tool.Run("eval", "segmentation", At("run"), "--data", At("pictures", "train"), "--masks", At("masks", "train"),
            "--layer", "layer1", "--places", "1000").Succeeded();
        Assert.Contains("every fifth picture, 2 in all, is kept to test on", tool.Flat, StringComparison.Ordinal);
        Assert.Contains("learned from 10 pictures, tested on 2", tool.Flat, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--layer", "layer1,,layer2"), InlineData("--layer", "layer1,layer1"), InlineData("--places", "5")]
    [InlineData("--clusters", "1"), InlineData("--overlay", "0"), InlineData("--size", "5000"), InlineData("--weight-decay", "0")]
    [InlineData("--test-masks", "here"), InlineData("--view", "-1"), InlineData("--label-file", "a.csv")]
    public void Wrong_options_are_wrong_usage(string option, string value) =>
        Assert.Equal(ExitCode.Usage, Tool.Run("eval", "segmentation", At("run"), option, value).Code);

    [Fact]
    public void Help_names_every_option()
    {
        string help = Tool.Run("eval", "segmentation", "--help").Succeeded().Flat;
        foreach (string word in new[] { "--data", "--test", "--masks", "--test-masks", "--ignore", "--layer", "--view", "--size",
            "--places", "--weight-decay", "--clusters", "--seed", "--overlay", "--checkpoint", "--device", "--threads" })
            Assert.Contains(word, help, StringComparison.Ordinal);
    }

    private void Refused(string id, string what, string fix, params string[] more)
    {
        Tool tool = Tool.Run(["eval", "segmentation", At("run"), .. more]);
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.Contains($"error {id}", tool.Error, StringComparison.Ordinal);
        Assert.Contains(what, tool.Flat, StringComparison.Ordinal);
        Assert.Contains(fix, tool.Flat, StringComparison.Ordinal);
    }

    private void Learned(string pictures) =>
        Tool.Run("train", Recipe, "--data", pictures, "--run", At("run"), "--epochs", "1", "--set", "training.batchSize=4").Succeeded();

    /// <summary>Pictures of three colors in blocks with noise, and masks that say which.</summary>
    private string Scenes()
    {
        foreach ((string part, int count) in new[] { ("train", 12), ("test", 6) })
            for (int number = 0; number < count; number++)
            {
                Rng rng = Rng.For(part == "train" ? 1UL : 2UL, number);
                int[] blocks = [.. Enumerable.Range(0, 16).Select(_ => rng.NextInt32(3))];
                (Image picture, Image mask) = (new(Side, Side, 3), new(Side, Side, 1));
                for (int i = 0; i < mask.Samples.Length; i++)
                {
                    int kind = blocks[i / Side / 8 * 4 + i % Side / 8];
                    Rgb color = s_colors[kind];
                    mask.Samples[i] = (byte)kind;
                    foreach ((int channel, byte value) in new[] { color.Red, color.Green, color.Blue }.Index())
                        picture.Samples[3 * i + channel] = (byte)(value + rng.NextInt32(30) - 15);
                }
                Directory.CreateDirectory(At("pictures", part));
                Directory.CreateDirectory(At("masks", part));
                ImageEncoder.Save(picture, At("pictures", part, $"{number:00}.png"));
                File.WriteAllBytes(At("masks", part, $"{number:00}.png"), ImageEncoder.PalettePng(mask, s_colors));
            }
        return At("pictures");
    }

    private static Image Uniform(int width, int height)
    {
        Image mask = new(width, height, 1);
        mask.Samples.AsSpan().Fill(1);
        return mask;
    }

    private static void AgreesWithItsCounts(JsonElement score)
    {
        long[][] counts = [.. score.GetProperty("confusion").EnumerateArray()
            .Select(static row => row.EnumerateArray().Select(static count => count.GetInt64()).ToArray())];
        double[] unions = [.. counts.Select((row, kind) =>
            100.0 * row[kind] / (row.Sum() + counts.Sum(other => other[kind]) - row[kind]))];
        Assert.Equal(unions.Average(), score.GetProperty("mean_iou").GetDouble(), 0.006);
        Assert.Equal(unions.Select(static one => Math.Round(one, 2)),
            score.GetProperty("classes").EnumerateArray().Select(static one => one.GetProperty("iou").GetDouble()));
        Assert.Equal(100.0 * counts.Select(static (row, kind) => row[kind]).Sum() / counts.Sum(static row => row.Sum()),
            score.GetProperty("pixel_accuracy").GetDouble(), 0.006);
    }

    private static JsonElement Document(params string[] ask) =>
        JsonDocument.Parse(Tool.Run([.. ask, "--json"]).Succeeded().Out).RootElement;

    private static string Numbers(string document) => JsonDocument.Parse(document).RootElement.GetProperty("results").GetRawText();

    private static int Whole(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
