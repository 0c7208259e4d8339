using System.Buffers.Binary;
using MocoSharp.Recipes;

namespace MocoSharp.Cli.Tests;

/// <summary>Pictures of other bands than red, green and blue, from the folder to the test.</summary>
public sealed class BandsTests : Workbench
{
    private const int Side = 24, Bands = 4;
    private static readonly string[] s_bands =
        ["--set", "data.channels=[red,green,blue,infrared]", "--set", "encoder.channels=4", "--set", "views.0.normalize=half"];

    [Fact]
    public void A_folder_of_four_bands_is_learned_from_with_the_range_of_the_set_and_tested_and_packed()
    {
        string folder = Folder();
        Tool first = Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1");
        Assert.Contains("has 4 bands, of which those that are color are learned from", first.Flat, StringComparison.Ordinal);
        Assert.Contains("--set data.channels=[red,green,blue,band4] --set encoder.channels=4 --set views.0.normalize=half", first.Flat,
            StringComparison.Ordinal);
        Assert.Contains("16-bit pictures use samples up to", first.Flat, StringComparison.Ordinal);
        Tool dark = Tool.Run("pack", folder, "-o", At("dark.pack")).Succeeded();
        Assert.Contains("16-bit pictures use samples up to", dark.Flat, StringComparison.Ordinal);

        Tool all = Tool.Run(["train", Recipe, "--data", folder, "--run", At("bands"), "--epochs", "2", "--stop-after", "1", "--set",
            "data.rangeOf=set", .. s_bands]).Succeeded();
        Assert.Contains("pictures have 4 channels: saturation, hue and grayscale leave them as they are", all.Flat,
            StringComparison.Ordinal);
        DataSettings read = RecipeFile.Load(Path.Combine(At("bands"), "recipe.yaml")).Recipe.Data;
        Assert.Equal(RangeOf.Type, read.RangeOf);
        Assert.Equal([[0, 4000], [1000, 4000], [0, 4000], [0, 4000]], read.Ranges);

        Tool.Run(["views", Recipe, "--data", folder, "-o", At("views.png"), "--set", "data.rangeOf=set", .. s_bands]).Succeeded();
        Tool.Run("eval", "knn", At("bands")).Succeeded();
        Tool.Run("resume", At("bands")).Succeeded();
        Tool.Run("embed", Path.Combine(At("bands"), "encoder.safetensors"), "--data", folder, "-o", At("file.npy")).Succeeded();
        Tool.Run("embed", At("bands"), "--data", folder, "-o", At("run.npy")).Succeeded();
        Assert.Equal(File.ReadAllBytes(At("run.npy")), File.ReadAllBytes(At("file.npy")));
        Tool.Run("pack", folder, "-o", At("set.mspk"), "--recipe", Path.Combine(At("bands"), "recipe.yaml")).Succeeded();
        Tool packed = Tool.Run("train", Path.Combine(At("bands"), "recipe.yaml"), "--data", At("set.mspk"), "--run", At("packed"),
            "--stop-after", "1").Succeeded();
        Assert.Equal(Loss(all), Loss(packed));
        Tool colors = Tool.Run("train", Recipe, "--data", At("set.mspk"), "--run", At("colors"), "--max-steps", "1");
        Assert.Contains("it was packed with 4 channels, and colors are asked for", colors.Flat, StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_that_do_not_fit_are_told_with_all_that_follows_from_them()
    {
        Tool refused = Tool.Run("train", Recipe, "--data", Folder(), "--run", At("run"), "--set", "data.channels=[red,green,blue,infrared]",
            "--set", "views.0.normalize=imageNet");
        Assert.Contains("encoder.channels is 3, and data.channels names 4", refused.Flat, StringComparison.Ordinal);
        Assert.Contains("--set encoder.channels=4 --set views.0.normalize=half", refused.Flat, StringComparison.Ordinal);
        refused = Tool.Run("train", Recipe, "--data", Folder(), "--run", At("other"), "--set", "data.channels=[red,green,blue,near,far]",
            "--set", "encoder.channels=5");
        Assert.Contains("it has 4 bands, and 5 are named: red, green, blue, near, far", refused.Flat, StringComparison.Ordinal);
        refused = Tool.Run("train", Recipe, "--data", Folder(), "--run", At("other"), "--set", "data.channels=[red,red]");
        Assert.Contains("a channel is named once", refused.Flat, StringComparison.Ordinal);
        refused = Tool.Run("train", Recipe, "--data", Folder(), "--run", At("other"), "--set", "data.rangeOf=set", "--set",
            "data.range=[0,4095]");
        Assert.Contains("data.rangeOf is set, and data.range says the same in numbers", refused.Flat, StringComparison.Ordinal);
        refused = Tool.Run("pack", Folder(), "-o", At("x.mspk"), "--set", "data.color=gray");
        Assert.Contains("--set changes a recipe, and none is named", refused.Flat, StringComparison.Ordinal);
    }

    private static string Loss(Tool tool) => tool.Flat.Split("epoch 1/2")[1].Split("(chance")[0];

    private string Folder()
    {
        string root = At("many");
        for (int i = 0; i < 60; i++)
        {
            string part = Path.Combine(root, i < 40 ? "train" : "test", i % 2 == 0 ? "low" : "high");
            Directory.CreateDirectory(part);
            File.WriteAllBytes(Path.Combine(part, $"{i:00}.tif"), Tiff(i));
        }
        return root;
    }

    /// <summary>16 bits, RGB and a band that says nothing of itself, one strip.</summary>
    private static byte[] Tiff(int seed)
    {
        (ushort Tag, ushort Type, uint Count, uint Value)[] fields =
        [
            (256, 3, 1, Side), (257, 3, 1, Side), (258, 3, Bands, 146), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 154),
            (277, 3, 1, Bands),
            (278, 3, 1, Side), (279, 4, 1, Side * Side * Bands * 2), (338, 3, 1, 0), (339, 3, 1, 1),
        ];
        byte[] file = new byte[154 + Side * Side * Bands * 2];
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 8);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), (ushort)fields.Length);
        for (int i = 0; i < fields.Length; i++)
        {
            Span<byte> entry = file.AsSpan(10 + 12 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, fields[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], fields[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], fields[i].Count);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], fields[i].Value);
        }
        for (int band = 0; band < Bands; band++) BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(146 + 2 * band), 16);
        for (int at = 0; at < Side * Side * Bands; at++)
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(154 + 2 * at), Sample(at / Bands, at % Bands, seed));
        return file;
    }

    private static ushort Sample(int pixel, int band, int seed) => pixel == 0 ? (ushort)(band == 1 ? 1000 : 0) : pixel == 1 ? (ushort)4000
        : (ushort)(1000 + (pixel * (7 + seed % 2 * 12) + band * 300 + seed * 31) % 3000);
}
