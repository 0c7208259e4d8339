using System.Text.Json;

namespace MocoSharp.Cli.Tests;

public sealed class TrainCommandTests : Workbench
{
    [Fact]
    public void Piped_output_is_plain_with_one_line_an_epoch()
    {
        Tool tool = Train("run").Succeeded();
        Assert.DoesNotContain('\u001b', tool.Out);
        Assert.DoesNotContain('\r', tool.Out);
        Assert.Equal(2, tool.Lines.Count(static line => line.StartsWith("epoch ", StringComparison.Ordinal)));
        Assert.Matches(
            @"epoch 1/2  loss \d+\.\d\d \(chance 2\.83\)  kNN \d+\.\d\d%  rate 0\.\d+  [\d,]+ images/s  waits \d+%  0:\d\d elapsed",
            tool.Out);
    }

    [Fact]
    public void At_the_end_it_names_the_encoder_both_kNN_values_and_what_to_do_next()
    {
        Tool tool = Train("run").Succeeded();
        Assert.Contains("chosen on the test pictures", tool.Out, StringComparison.Ordinal);
        Assert.Contains("encoder.safetensors", tool.Out, StringComparison.Ordinal);
        Assert.Contains("moco eval knn", tool.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(At("run", "encoder.safetensors")));
        Assert.True(File.Exists(At("run", "views.png")));
    }

    [Fact]
    public void With_json_standard_output_is_one_document_and_progress_is_on_standard_error()
    {
        Tool tool = Train("run", "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(tool.Out);
        JsonElement root = document.RootElement;
        Assert.True(root.GetProperty("finished").GetBoolean());
        Assert.Equal(2, root.GetProperty("epochs").GetInt32());
        Assert.InRange(root.GetProperty("knn").GetProperty("best").GetDouble(), root.GetProperty("knn").GetProperty("last").GetDouble(),
            100);
        Assert.Equal("test", root.GetProperty("knn").GetProperty("best_chosen_on").GetString());
        Assert.Contains("epoch 2/2", tool.Error, StringComparison.Ordinal);
    }

    // three updates an epoch: the bound falls into the second one
    [Fact]
    public void A_bound_on_steps_stops_there_with_a_checkpoint_and_resume_finishes()
    {
        Tool bounded = Train("run", "--max-steps", "4", "--json").Succeeded();
        using (JsonDocument document = JsonDocument.Parse(bounded.Out))
            Assert.Equal(4, document.RootElement.GetProperty("steps").GetInt64());
        Assert.Single(Directory.GetDirectories(At("run", "checkpoints")),
            static folder => File.ReadAllText(Path.Combine(folder, "state.json")).Contains("\"step\": 4,", StringComparison.Ordinal));
        Tool rest = Tool.Run("resume", At("run"), "--json").Succeeded();
        using JsonDocument finished = JsonDocument.Parse(rest.Out);
        Assert.Equal(6, finished.RootElement.GetProperty("steps").GetInt64());
    }

    [Fact]
    public void A_card_that_is_not_there_is_refused_before_a_folder_is_made_with_what_to_install()
    {
        Assert.SkipUnless(Torch.Device.CudaDevices == 0, "this libtorch sees CUDA cards");
        Tool tool = Train("run", "--device", "cuda:1");
        Assert.Equal(ExitCode.Failed, tool.Code);
        Assert.StartsWith("error MS1006: device cuda:1 is not there", tool.Error, StringComparison.Ordinal);
        Assert.Contains("a CUDA build of libtorch", tool.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(At("run")) && Directory.EnumerateFileSystemEntries(At("run")).Any());
    }

    [Fact]
    public void A_run_says_where_it_computes_and_is_tested_there_unless_told_otherwise()
    {
        Train("run", "--device", "cpu", "--epochs", "1").Succeeded();
        Assert.Contains("device: cpu", File.ReadAllText(At("run", "recipe.yaml")), StringComparison.Ordinal);
        Assert.Contains("\"device\": \"cpu\"", File.ReadAllText(At("run", "environment.json")), StringComparison.Ordinal);
        Tool.Run("eval", "knn", At("run")).Succeeded();
        if (Torch.Device.CudaDevices == 0)
            Assert.StartsWith("error MS1006", Tool.Run("eval", "knn", At("run"), "--device", "cuda").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_change_the_recipe_that_the_run_keeps()
    {
        Train("run", "--epochs", "1", "--seed", "7", "--set", "method.temperature=0.3").Succeeded();
        string kept = File.ReadAllText(At("run", "recipe.yaml"));
        Assert.Contains("epochs: 1", kept, StringComparison.Ordinal);
        Assert.Contains("seed: 7", kept, StringComparison.Ordinal);
        Assert.Contains("temperature: 0.3", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flat_folder_without_labels_trains_without_a_kNN_test()
    {
        Tool tool = Tool.Run("train", Recipe, "--data", Flat(32), "--run", At("run"), "--epochs", "1").Succeeded();
        Assert.Contains("no kNN test", tool.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("chosen on", tool.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_can_come_from_a_file_and_test_pictures_from_elsewhere()
    {
        string test = Path.Combine(Pictures(), "test"), csv = At("labels.csv");
        IEnumerable<string> rows = Directory.EnumerateFiles(Path.Combine(Pictures(), "train"), "*.png", SearchOption.AllDirectories)
            .Select(file =>
            $"{Path.GetRelativePath(Path.Combine(Pictures(), "train"), file)},{Path.GetFileName(Path.GetDirectoryName(file))}");
        File.WriteAllLines(csv, ["file,label", .. rows]);
        Tool tool = Tool.Run("train", Recipe, "--data", Path.Combine(Pictures(), "train"), "--run", At("run"), "--epochs", "1", "--test",
            test, "--labels", csv).Succeeded();
        Assert.Contains("kNN test on 12", tool.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_loss_of_every_update_is_kept_and_one_stopped_in_its_first_epoch_reports_it()
    {
        using JsonDocument stopped = JsonDocument.Parse(Train("run", "--max-steps", "2", "--json").Succeeded().Out);
        Assert.True(stopped.RootElement.GetProperty("loss").GetDouble() > 0);
        Assert.Equal(["step,loss", "1", "2"], File.ReadAllLines(At("run", "losses.csv"))
            .Select(static (line, i) => i == 0 ? line : line.Split(',')[0]));
        Tool.Run("resume", At("run")).Succeeded();
        string[] lines = File.ReadAllLines(At("run", "losses.csv"));
        Assert.Equal(Enumerable.Range(1, 6).Select(static step => $"{step}"), lines.Skip(1).Select(static line => line.Split(',')[0]));
        Train("never", "--json").Succeeded();
        Assert.Equal(File.ReadAllText(At("never", "losses.csv")), File.ReadAllText(At("run", "losses.csv")));
    }
}
