using System.Text.Json;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Cli.Tests;

/// <summary>A run that goes on otherwise than it began: what differs is named, refused unless asked for, and then done.</summary>
public sealed class GoingOnTests : Workbench
{
    [Fact]
    public void Pictures_that_have_changed_are_named_file_by_file()
    {
        Train("run", "--stop-after", "1").Succeeded();
        Change();
        Tool refused = Tool.Run("resume", At("run"));
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains(
            $"1 added: {Path.Combine("blue", "new.png")}; 1 gone: {Path.Combine("red", "03.png")}; 1 of another length: "
            + $"{Path.Combine("green", "05.png")}", refused.Flat, StringComparison.Ordinal);
        Assert.Contains($"moco resume {At("run")} --not-bit-equal", refused.Flat, StringComparison.Ordinal);
        Tool done = Tool.Run("resume", At("run"), "--not-bit-equal").Succeeded();
        Assert.Contains("1 added", done.Flat, StringComparison.Ordinal);
        Assert.Contains("epoch 2/2", done.Out, StringComparison.Ordinal);
        Tool.Run("resume", At("run")).Succeeded();           // the pictures of now are the run's own
        Tool.Run("eval", "knn", At("run")).Succeeded();
    }

    [Fact]
    public void A_try_that_fails_before_it_has_learned_leaves_the_run_as_it_was()
    {
        Train("run", "--stop-after", "1").Succeeded();
        byte[] environment = File.ReadAllBytes(At("run", "environment.json")), pictures = File.ReadAllBytes(At("run", "pictures.tsv.gz"));
        string[] files = [.. Directory.GetFiles(At("pictures", "train"), "*.png", SearchOption.AllDirectories)];
        byte[][] whole = [.. files.Select(File.ReadAllBytes)];
        foreach (string file in files) File.WriteAllBytes(file, [1, 2, 3]);
        Assert.Equal(ExitCode.Failed, Tool.Run("resume", At("run"), "--not-bit-equal").Code);
        Assert.Equal(environment, File.ReadAllBytes(At("run", "environment.json")));
        Assert.Equal(pictures, File.ReadAllBytes(At("run", "pictures.tsv.gz")));
        foreach ((string file, byte[] bytes) in files.Zip(whole)) File.WriteAllBytes(file, bytes);
        Tool.Run("resume", At("run")).Succeeded();
    }

    [Theory, InlineData("npid", "bank.rows"), InlineData("cmc", "light_bank.rows")]
    public void A_bank_keeps_the_rows_of_the_pictures_that_stay(string method, string rows)
    {
        string[] settings = method == "npid" ? ["--set", "views.0.repeat=1"]
            : ["--set", "views.0.repeat=1", "--set", "views.0.normalize=lab", "--set", "encoder.name=pair-resnet18-small"];
        string recipe = Banked(method);
        Tool.Run(["train", recipe, "--data", Pictures(), "--run", At("run"), "--stop-after", "1", .. settings]).Succeeded();
        float[][] before = Rows(rows, out string[] then);
        Change();
        Tool.Run("resume", At("run"), "--not-bit-equal", "--set", "learningRate.start=0.000001", "--set", "method.bankMomentum=0.99999")
            .Succeeded();
        float[][] after = Rows(rows, out string[] now);
        Assert.Equal(then.Length, now.Length);
        int compared = 0;
        for (int i = 0; i < now.Length; i++)
        {
            if (now[i].EndsWith("new.png", StringComparison.Ordinal) || now[i].EndsWith("05.png", StringComparison.Ordinal) && now[i]
                .StartsWith("green", StringComparison.Ordinal)) continue;
            float[] was = before[Array.IndexOf(then, now[i])];
            Assert.True(was.Zip(after[i]).All(static pair => Math.Abs(pair.First - pair.Second) < 1e-4), now[i]);
            compared++;
        }
        Assert.Equal(then.Length - 2, compared);
    }

    [Fact]
    public void A_finished_run_trains_longer_and_says_where_the_learning_rate_goes_on()
    {
        Train("run").Succeeded();
        Tool over = Tool.Run("resume", At("run")).Succeeded();
        Assert.Contains("2 epochs are done already", over.Out, StringComparison.Ordinal);
        Assert.Contains("--epochs 4 --not-bit-equal", over.Flat, StringComparison.Ordinal);
        Tool refused = Tool.Run("resume", At("run"), "--epochs", "3");
        Assert.Equal(ExitCode.Failed, refused.Code);
        Assert.Contains("training.epochs=3: that decides the weights", refused.Flat, StringComparison.Ordinal);
        Tool longer = Tool.Run("resume", At("run"), "--epochs", "3", "--not-bit-equal").Succeeded();
        Assert.Contains("epoch 3/3", longer.Out, StringComparison.Ordinal);
        // 0.05 · (1 + cos(2π/3)) / 2
        Assert.Contains("the learning rate goes on at 0.0125", longer.Flat, StringComparison.Ordinal);
        Assert.Contains("epochs: 3", File.ReadAllText(At("run", "recipe.yaml")), StringComparison.Ordinal);
        Assert.Equal(9, File.ReadLines(At("run", "losses.csv")).Skip(1).Count());
        Tool.Run("eval", "knn", At("run")).Succeeded();
    }

    [Fact]
    public void What_does_not_decide_the_weights_may_change_at_any_time()
    {
        Train("whole").Succeeded();
        Train("run", "--stop-after", "1").Succeeded();
        Tool.Run("resume", At("run"), "--set", "data.maximumBadShare=0.2", "--set", "checkpoints.keep=7").Succeeded();
        Assert.Contains("maximumBadShare: 0.2", File.ReadAllText(At("run", "recipe.yaml")), StringComparison.Ordinal);
        Assert.Equal(NewestWeights("whole"), NewestWeights("run"));
    }

    [Theory, InlineData("encoder.width=0.25", "another network"), InlineData("training.device=cuda", "--device cuda")]
    public void What_cannot_change_is_refused_with_what_to_do(string change, string told)
    {
        Train("run", "--stop-after", "1").Succeeded();
        byte[] before = File.ReadAllBytes(At("run", "recipe.yaml"));
        Tool tool = Tool.Run("resume", At("run"), "--not-bit-equal", "--set", change);
        Assert.NotEqual(ExitCode.Done, tool.Code);
        Assert.Contains(told, tool.Flat, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(At("run", "recipe.yaml")));
    }

    [Fact]
    public void Another_number_of_threads_goes_on_when_asked_for()
    {
        Train("run", "--stop-after", "1", "--threads", "1").Succeeded();
        Tool tool = Tool.Run("resume", At("run"), "--threads", "2", "--not-bit-equal").Succeeded();
        Assert.Contains("made with 1 threads, and now there are 2", tool.Flat, StringComparison.Ordinal);
        Assert.Equal(2, RunEnvironment.Read(new RunFolder(At("run"))).Threads);
    }

    [Fact]
    public void A_new_run_begins_from_anothers_encoder()
    {
        Train("first").Succeeded();
        Train("second", "--from", At("first"), "--max-steps", "1", "--set", "learningRate.start=0.0000001").Succeeded();
        using SafetensorsFile first = Safetensors.Open(At("first", "encoder.safetensors")),
            second = Safetensors.Open(At("second", "encoder.safetensors"));
        float[] a = first["conv1.weight"].ToArray<float>(), b = second["conv1.weight"].ToArray<float>();
        Assert.True(a.Zip(b).Max(static pair => Math.Abs(pair.First - pair.Second)) < 1e-5);
        using SafetensorsFile state = Safetensors.Open(Path.Combine(new RunFolder(At("second")).Checkpoint(1), "weights.safetensors"));
        float[] key = state["key.encoder.conv1.weight"].ToArray<float>();
        Assert.True(a.Zip(key).Max(static pair => Math.Abs(pair.First - pair.Second)) < 1e-5);
        Tool other = Train("third", "--from", At("first"), "--set", "encoder.width=0.25");
        Assert.Equal(ExitCode.Failed, other.Code);
        Assert.Contains("resnet18-small of width 0.125", other.Flat, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("third")));
    }

    [Fact]
    public void The_best_checkpoint_or_any_that_is_kept_can_be_tested()
    {
        Train("run", "--set", "checkpoints.keep=9").Succeeded();
        JsonElement first = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--checkpoint", "3", "--json")
            .Succeeded().Out).RootElement;
        JsonElement last = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--checkpoint", "6", "--json")
            .Succeeded().Out).RootElement;
        JsonElement now = JsonDocument.Parse(Tool.Run("eval", "knn", At("run"), "--json").Succeeded().Out).RootElement;
        Assert.Equal(3, first.GetProperty("checkpoint").GetInt64());
        Assert.False(now.TryGetProperty("checkpoint", out JsonElement checkpoint) && checkpoint.ValueKind != JsonValueKind.Null);
        Assert.NotEqual(File.ReadAllBytes(At("run", "encoder-at-3.safetensors")), File.ReadAllBytes(At("run", "encoder-at-6.safetensors")));
        Assert.Equal(Trained(last), Trained(now));
        Tool.Run("eval", "knn", At("run"), "--checkpoint", "best").Succeeded();
        byte[] right = File.ReadAllBytes(At("run", "encoder-at-3.safetensors"));
        // as a run leaves it that came to update 3 again
        File.Copy(At("run", "encoder-at-6.safetensors"), At("run", "encoder-at-3.safetensors"), overwrite: true);
        Tool.Run("eval", "knn", At("run"), "--checkpoint", "3").Succeeded();
        Assert.Equal(right, File.ReadAllBytes(At("run", "encoder-at-3.safetensors")));
        Tool none = Tool.Run("eval", "knn", At("run"), "--checkpoint", "4");
        Assert.Equal(ExitCode.Failed, none.Code);
        Assert.Contains("take one of these: 3, 6", none.Flat, StringComparison.Ordinal);
    }

    private static string Trained(JsonElement result) => result.GetProperty("results").EnumerateArray().Last().GetRawText();

    private void Change()
    {
        Draw(At("pictures", "train", "blue", "new.png"), label: 0, seed: 77);
        File.Delete(At("pictures", "train", "red", "03.png"));
        Draw(At("pictures", "train", "green", "05.png"), label: 1, seed: 5, side: 24);
    }

    private string Banked(string method)
    {
        string text = TinyRecipe.Replace("{ name: moco, queueLength: 16, keyFeatures: 16, hiddenFeatures: [16], keyMomentum: 0.9 }",
            $"{{ name: {method}, features: 8, negatives: 16 }}", StringComparison.Ordinal);
        if (method == "cmc") text = text.Replace("    steps:\n", "    steps:\n      - colorSpace: { to: lab }\n", StringComparison.Ordinal);
        File.WriteAllText(At($"{method}.yaml"), text);
        return At($"{method}.yaml");
    }

    private float[][] Rows(string name, out string[] pictures)
    {
        RunFolder run = new(At("run"));
        using SafetensorsFile file = Safetensors.Open(Path.Combine(run.Checkpoint(run.Steps()[0]), "weights.safetensors"));
        float[] all = file[name].ToArray<float>();
        using StreamReader list = new(new System.IO.Compression.GZipStream(File.OpenRead(run.Pictures),
            System.IO.Compression.CompressionMode.Decompress));
        pictures = [.. list.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\t')[0])];
        int width = all.Length / pictures.Length;
        return [.. Enumerable.Range(0, pictures.Length).Select(i => all[(i * width)..((i + 1) * width)])];
    }
}
