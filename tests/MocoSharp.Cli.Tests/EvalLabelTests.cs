using System.Text.Json;

namespace MocoSharp.Cli.Tests;

/// <summary>eval linear, eval finetune and classify on a tiny run.</summary>
public sealed class EvalLabelTests : Workbench
{
    [Fact]
    public void One_label_a_class_takes_a_fixed_strength_and_says_so_or_the_one_that_is_named()
    {
        Train("run").Succeeded();
        Tool tool = Tool.Run("eval", "linear", At("run"), "--labels", "1-per-class", "--draws", "3").Succeeded();
        Assert.Contains("one label a class leaves none to choose the classifier's C by: it is 0.01", tool.Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(Tool.Run("eval", "linear", At("run"), "--labels", "1-per-class", "--draws", "3",
            "--strength", "0.5", "--json").Succeeded().Out);
        Assert.All(document.RootElement.GetProperty("results").EnumerateArray()
            .SelectMany(static r => r.GetProperty("draws").EnumerateArray()),
            static draw => Assert.Equal(0.5, draw.GetProperty("chosen").GetDouble()));
    }

    [Fact]
    public void A_linear_test_shows_pixels_untrained_and_trained_and_leaves_a_document_and_a_picture()
    {
        Train("run").Succeeded();
        using JsonDocument document = JsonDocument.Parse(Tool.Run("eval", "linear", At("run"), "--labels", "4-per-class", "--draws", "2",
            "--json").Succeeded().Out);
        JsonElement[] results = [.. document.RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal(["pixels", "untrained", "trained"], results.Select(static r => r.GetProperty("features").GetString()));
        Assert.All(results, static r =>
            Assert.Equal((12, 2), (r.GetProperty("labels").GetInt32(), r.GetProperty("draws").GetArrayLength())));
        Assert.True(results[0].GetProperty("accuracy").GetDouble() > 90);       // colors tell these classes apart
        Assert.Equal(["blue", "green", "red"], document.RootElement.GetProperty("classes").EnumerateArray()
            .Select(static c => c.GetProperty("name").GetString()));
        Assert.Equal(3, document.RootElement.GetProperty("confusion").GetArrayLength());
        Assert.True(File.Exists(At("run", "eval", "linear-4-per-class-lbfgs-backbone.json"))
            && File.Exists(At("run", "eval", "linear-4-per-class-lbfgs-backbone.png")));
    }

    [Fact]
    public void The_official_protocol_runs_on_any_layer()
    {
        Train("run").Succeeded();
        foreach (string features in new[] { "layer2", "head1", "projected" })
            Tool.Run("eval", "linear", At("run"), "--solver", "sgd", "--epochs", "2", "--rate", "0.1", "--rate", "1", "--features",
                features, "--draws", "1").Succeeded();
        Tool wrong = Tool.Run("eval", "linear", At("run"), "--features", "head9");
        Assert.Contains("MS5005", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("head1", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Fine_tuning_is_shown_beside_training_from_scratch()
    {
        Train("run").Succeeded();
        using JsonDocument document = JsonDocument.Parse(Tool.Run("eval", "finetune", At("run"), "--labels", "50%", "--freeze", "layer1",
            "--against-scratch", "--epochs", "2", "--rate", "0.01", "--rate", "0.05",
            "--save-head", "tuned", "--json").Succeeded().Out);
        Assert.Equal(["scratch", "fine-tuned"], document.RootElement.GetProperty("results").EnumerateArray()
            .Select(static r => r.GetProperty("features").GetString()));
        Tool.Run("classify", At("run"), "--data", Flat(5), "--head", "tuned", "-o", At("tuned.csv")).Succeeded();
        Assert.Equal(6, File.ReadAllLines(At("tuned.csv")).Length);
    }

    [Fact]
    public void A_kept_classifier_labels_a_folder_and_lists_what_it_cannot_read()
    {
        Train("run").Succeeded();
        Tool.Run("eval", "linear", At("run"), "--save-head", "colors", "--precision", "0.5").Succeeded();
        string folder = Flat(12);
        File.WriteAllText(Path.Combine(folder, "004.png"), "no picture");
        using JsonDocument document = JsonDocument.Parse(Tool.Run("classify", At("run"), "--data", folder, "--head", "colors", "-o",
            At("out.csv"), "--json").Succeeded().Out);
        string[][] rows = [.. File.ReadAllLines(At("out.csv")).Select(static line => line.Split(','))];
        Assert.Equal(["file", "label", "status", "best", "confidence", "p:blue", "p:green", "p:red"], rows[0]);
        Assert.Equal(13, rows.Length);
        Assert.Equal(["004.png", "", "unreadable", "", "", "", "", ""], rows[5]);
        Assert.Contains("004.png", document.RootElement.GetProperty("unreadable")[0].GetString()!, StringComparison.Ordinal);
        double threshold = document.RootElement.GetProperty("threshold").GetDouble();
        foreach (string[] row in rows[1..].Where(static row => row[2] != "unreadable"))
        {
            double[] probabilities = [.. row[5..]
                .Select(static text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Equal(1, probabilities.Sum(), tolerance: 1e-4);
            Assert.Equal(row[1], double.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture) >= threshold - 1e-6 ? row[3] : "");
        }
        Tool.Run("classify", At("run"), "--data", folder, "--head", "colors", "-o", At("none.csv"), "--threshold", "1").Succeeded();
        Assert.All(File.ReadLines(At("none.csv")).Skip(1), static line => Assert.Equal("", line.Split(',')[1]));
    }

    [Fact]
    public void A_classifier_of_an_encoder_that_was_trained_further_is_refused()
    {
        Train("run", "--stop-after", "1");
        Tool.Run("eval", "linear", At("run"), "--save-head", "early").Succeeded();
        Tool.Run("resume", At("run")).Succeeded();
        Tool late = Tool.Run("classify", At("run"), "--data", Flat(5), "--head", "early", "-o", At("out.csv"));
        Assert.Contains("MS5007", late.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("out.csv")) || File.Exists(At("out.csv.unfinished")));
        Tool missing = Tool.Run("classify", At("run"), "--data", Flat(5), "--head", "late", "-o", At("out.csv"));
        Assert.Contains("take one of early", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_folders_give_more_pictures_and_the_first_ones_labels()
    {
        Tool.Run("train", Recipe, "--data", Pictures(), "--data", Flat(16), "--run", At("run"), "--stop-after", "1");
        // (48 + 16) / 16
        Assert.Contains("\"step\":4", File.ReadLines(At("run", "metrics.jsonl")).Single(), StringComparison.Ordinal);
        Tool.Run("resume", At("run")).Succeeded();
        using JsonDocument tested = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--json").Succeeded().Out);
        Assert.Equal(48, tested.RootElement.GetProperty("results")[2].GetProperty("labels").GetInt32());
    }

    [Fact]
    public void A_run_whose_views_grow_resumes_to_the_same_bits()
    {
        string grown = At("grown.yaml");
        File.WriteAllText(grown, TinyRecipe.Replace("batchSize: 16 }",
            "batchSize: 16, sizes: [{ fromEpoch: 0, size: 8 }, { fromEpoch: 1, size: 16 }] }", StringComparison.Ordinal));
        Tool.Run("train", grown, "--data", Pictures(), "--run", At("whole")).Succeeded();
        Tool.Run("train", grown, "--data", Pictures(), "--run", At("parts"), "--stop-after", "1");
        Tool.Run("resume", At("parts")).Succeeded();
        Assert.Equal(File.ReadAllBytes(At("whole", "encoder.safetensors")), File.ReadAllBytes(At("parts", "encoder.safetensors")));
    }
}
