using System.Text.Json;

namespace MocoSharp.Cli.Tests;

/// <summary>Tests of an encoder's file, which no run made.</summary>
public sealed class EvalFileTests : Workbench
{
    // the way in which the run's own test sees pictures
    private static readonly string[] s_seen = ["--input-size", "16", "--input-mean", "0.5", "--input-std", "0.5"];

    [Fact]
    public void A_file_of_pytorch_is_worth_what_the_run_is_that_it_was_exported_from()
    {
        Train("run").Succeeded();
        Tool.Run("export", At("run"), "--to", "torchvision", "-o", At("a.pth")).Succeeded();
        JsonElement run = Json("knn", At("run")), file = Json("knn", At("a.pth"), s_seen);
        Assert.Equal(At("a.pth"), file.GetProperty("model").GetString());
        Assert.False(run.TryGetProperty("model", out _));
        foreach (string part in new[] { "results", "classes", "confusion" })
            Assert.Equal(Last(run, part), Last(file, part));
        Assert.Single(Directory.GetFiles(At("a-tests", "eval"), "knn-*.json"));
        Assert.Equal(Last(Json("linear", At("run")), "results"), Last(Json("linear", At("a.pth"), s_seen), "results"));
        Assert.Equal(Last(run, "results"), Last(Json("knn", At("run", "encoder.safetensors"), ["--results", At("own")]), "results"));
    }

    [Fact]
    public void An_onnx_file_is_tested_by_its_output_alone()
    {
        Train("run").Succeeded();
        Tool.Run("export", At("run"), "--to", "onnx", "-o", At("a.onnx")).Succeeded();
        JsonElement knn = Json("knn", At("a.onnx"));
        Assert.Equal(["pixels", "trained"], knn.GetProperty("results").EnumerateArray()
            .Select(static row => row.GetProperty("features").GetString()!));
        Tool refused = Tool.Run("eval", "finetune", At("a.onnx"), "--data", Pictures());
        Assert.Contains(ErrorIds.NotOfAModel, refused.Error, StringComparison.Ordinal);
        Assert.Contains(ErrorIds.UnknownFeatures,
            Tool.Run("eval", "knn", At("a.onnx"), "--data", Pictures(), "--features", "layer3").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_told_is_asked_for()
    {
        Train("run").Succeeded();
        Tool.Run("export", At("run"), "--to", "torchvision", "-o", At("a.pth")).Succeeded();
        Assert.Contains(ErrorIds.NoPicturesNamed, Tool.Run("eval", "knn", At("a.pth")).Error, StringComparison.Ordinal);
        Tool wrong = Tool.Run("eval", "knn", At("a.pth"), "--data", Pictures(), "--set", "encoder.name=resnet50");
        Assert.Contains(ErrorIds.NothingFits, wrong.Error, StringComparison.Ordinal);
        Tool head = Tool.Run("eval", "knn", At("a.pth"), "--data", Pictures(), "--features", "projected");
        Assert.Contains(ErrorIds.UnknownFeatures, head.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_missing_is_named_at_once()
    {
        Tool refused = Tool.Run("export");
        Assert.Equal(ExitCode.Usage, refused.Code);
        foreach (string word in new[] { "--to", "--output", "encoder" }) Assert.Contains(word, refused.Flat, StringComparison.Ordinal);
    }

    private JsonElement Json(string test, string model, params string[] more)
    {
        string[] few = test == "linear" ? ["--draws", "1", "--labels", "4-per-class"] : ["--neighbors", "5"];
        Tool told = Tool.Run(["eval", test, model, "--data", Pictures(), "--json", .. few, .. more]).Succeeded();
        return JsonDocument.Parse(told.Out).RootElement;
    }

    private static string Last(JsonElement document, string part) => document.GetProperty(part).EnumerateArray().Last().GetRawText();
}
