using System.Text.Json;

namespace MocoSharp.Cli.Tests;

/// <summary>Pictures that cannot be read count for nothing in a test: its figures are those of a folder without them.</summary>
public sealed class AbsentPicturesTests : Workbench
{
    [Theory, InlineData("knn"), InlineData("linear --labels 4-per-class --draws 2"),
        InlineData("finetune --labels 4-per-class --epochs 1 --draws 1 --rate 0.01")]
    public void Figures_are_those_of_a_folder_without_them(string test)
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] gone = [Path.Combine("test", "red", "00.png"), Path.Combine("test", "red", "01.png"),
            Path.Combine("test", "red", "02.png"), Path.Combine("test", "blue", "03.png")];
        Copy(At("pictures"), At("without"), delete: gone);
        Copy(At("pictures"), At("broken"), empty: gone);
        JsonElement without = Results(test, "without", out _), broken = Results(test, "broken", out string told);
        Assert.Equal(Counts(without), Counts(broken));
        foreach ((JsonElement one, JsonElement other) in Scores(without).Zip(Scores(broken))) AssertSame(one, other, pictures: 8);
        Assert.Contains("cannot read red/00.png: the file is empty; it is left out", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Those_to_learn_from_have_no_stand_ins_with_labels_of_their_own_either()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] gone = [.. Enumerable.Range(0, 14).Select(static i => Path.Combine("train", "green", $"{i:00}.png"))];
        Copy(At("pictures"), At("without"), delete: gone);
        Copy(At("pictures"), At("broken"), empty: gone);
        JsonElement without = Results("knn", "without", out _), broken = Results("knn", "broken", out _);
        foreach ((JsonElement one, JsonElement other) in Scores(without).Zip(Scores(broken)))
            AssertSame(one, other, pictures: 12);
    }

    [Fact]
    public void Fine_tuning_learns_from_readable_labels_alone()
    {
        Train("run", "--epochs", "1").Succeeded();
        string[] gone = [.. Enumerable.Range(0, 9).Select(static i => Path.Combine("train", "green", $"{i:00}.png"))];
        Copy(At("pictures"), At("without"), delete: gone);
        Copy(At("pictures"), At("broken"), empty: gone);
        const string Test = "finetune --labels 100% --epochs 1 --draws 1 --rate 0.01";
        JsonElement without = Results(Test, "without", out _), broken = Results(Test, "broken", out string told);
        Assert.NotEqual("", Labels(without));
        Assert.Equal(Labels(without), Labels(broken));
        Assert.Contains("cannot read green/00.png: the file is empty; its label is left out", told, StringComparison.Ordinal);
    }

    /// <summary>
    /// Pixels say the same to the last digit. An encoder's features are rounded otherwise in batches of another size, which may turn
    /// one vote.
    /// </summary>
    private static void AssertSame(JsonElement one, JsonElement other, int pictures)
    {
        string features = one.GetProperty("features").GetString()!;
        Assert.Equal(features, other.GetProperty("features").GetString());
        if (features == "pixels") Assert.Equal(one.GetRawText(), other.GetRawText());
        else
            Assert.InRange(Math.Abs(one.GetProperty("accuracy").GetDouble() - other.GetProperty("accuracy").GetDouble()), 0,
                100.01 / pictures);
    }

    private static JsonElement.ArrayEnumerator Scores(JsonElement document) => document.GetProperty("results").EnumerateArray();

    /// <summary>How many test pictures of each class were counted.</summary>
    private static int[] Counts(JsonElement document) => !document.TryGetProperty("confusion", out JsonElement matrix) ? []
        : [.. matrix.EnumerateArray().Select(static row => row.EnumerateArray().Sum(static count => count.GetInt32()))];

    private static string Labels(JsonElement document) =>
        System.Text.RegularExpressions.Regex.Match(document.GetRawText(), "\"labels\":\\s*(\\d+)").Groups[1].Value;

    [Fact]
    public void A_share_of_unreadable_pictures_is_a_whole_number_of_them_rounded_up_and_one_round_names_all()
    {
        string folder = Flat(40);
        for (int i = 0; i < 12; i++) File.WriteAllBytes(Path.Combine(folder, $"{3 * i:000}.png"), []);
        Tool refused = Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1", "--set",
            "data.maximumBadShare=0.05");
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains(
            "12 of 40 pictures cannot be used, and at most 2 (5%) may be so: 000.png: the file is empty; 003.png: the file is empty; "
            + "006.png: the file is empty", refused.Flat, StringComparison.Ordinal);
        Assert.Contains("033.png: the file is empty", refused.Flat, StringComparison.Ordinal);
        for (int i = 2; i < 12; i++) File.Delete(Path.Combine(folder, $"{3 * i:000}.png"));
        // 2 of 30
        Tool.Run("train", Recipe, "--data", folder, "--run", At("run"), "--epochs", "1", "--set", "data.maximumBadShare=0.05").Succeeded();
    }

    private JsonElement Results(string test, string data, out string told)
    {
        Tool tool = Tool.Run(["eval", .. test.Split(' ').Take(1), At("run"), "--data", At(data), .. test.Split(' ').Skip(1), "--json"])
            .Succeeded();
        told = tool.Error;
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        return document.RootElement.Clone();
    }

    private static void Copy(string from, string to, string[]? delete = null, string[]? empty = null)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(from, file), copy = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (delete?.Contains(name) == true) continue;
            if (empty?.Contains(name) == true) File.WriteAllBytes(copy, []);
            else File.Copy(file, copy);
        }
    }
}
