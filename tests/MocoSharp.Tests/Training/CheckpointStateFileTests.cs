using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;
using MocoSharp.Training;

namespace MocoSharp.Tests.Training;

/// <summary>A checkpoint's state.json: no bit of it is trusted that was not written.</summary>
public sealed class CheckpointStateFileTests : TinyRuns
{
    private static readonly CheckpointState s_state = new(CheckpointState.CurrentFormat, Epoch: 3, BatchInEpoch: 1, Step: 13, LossSum: 2.5,
        ElapsedSeconds: 0.75,
        MetricsBytes: 512, BestKnn: 61.5, BestStep: 8, new Dictionary<string, string> { ["weights.safetensors"] = "ab12" },
        new Dictionary<string, double> { ["p_acc"] = double.NaN });

    [Fact]
    public void What_is_written_reads_back()
    {
        CheckpointState read = CheckpointStateFile.Read(CheckpointStateFile.Bytes(s_state));
        Assert.Equal((s_state.Step, s_state.LossSum, s_state.BestStep, "ab12"),
            (read.Step, read.LossSum, read.BestStep, read.Files["weights.safetensors"]));
        Assert.Equal(double.NaN, read.MeasureSums!["p_acc"]);
        Assert.Equal(CheckpointStateFile.Bytes(s_state), CheckpointStateFile.Bytes(read));
    }

    [Fact]
    public void Any_bit_that_is_flipped_is_noticed()
    {
        byte[] good = CheckpointStateFile.Bytes(s_state);
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.True(Record.Exception(() => CheckpointStateFile.Read(bad)) is JsonException,
                $"bit {bit % 8} of byte {bit / 8} in\n{Encoding.UTF8.GetString(good)}");
        }
    }

    [Fact]
    public void A_run_whose_checkpoints_have_no_checksum_of_their_own_goes_on()
    {
        TrainingResult whole = Train("whole", Recipe()), old = Train("old", Recipe(), stopAfter: 1);
        string file = Path.Combine(old.Folder.Checkpoint(old.Steps), "state.json");
        JsonObject state = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        state["format"] = 1;
        state.Remove("checksum");
        File.WriteAllText(file, state.ToJsonString());
        Watch observer = new();
        AssertSameBits(whole, Resume("old", Recipe(), observer));
        Assert.DoesNotContain(observer.Warnings, static warning => warning.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_whose_optimizer_kept_its_count_elsewhere_goes_on()
    {
        TrainingResult whole = Train("whole", Recipe()), old = Train("old", Recipe(), stopAfter: 1);
        string checkpoint = old.Folder.Checkpoint(old.Steps), file = Path.Combine(checkpoint, "state.json");
        string optimizer = Path.Combine(checkpoint, "optimizer.safetensors");
        using (TensorScope.Begin())
        {
            (string Name, Tensor Value)[] moments;
            using (SafetensorsFile now = Safetensors.Open(optimizer))
                moments = [.. now.ReadAll().Where(static item => item.Key != "updates")
                    .Select(static item => (item.Key, item.Value.Clone()))];
            Safetensors.Write(optimizer, moments);
        }
        JsonObject state = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        state["format"] = 1;
        state["optimizerUpdates"] = old.Steps;
        state["files"]!["optimizer.safetensors"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(optimizer)));
        state.Remove("checksum");
        File.WriteAllText(file, state.ToJsonString());
        Watch observer = new();
        AssertSameBits(whole, Resume("old", Recipe(), observer));
        Assert.DoesNotContain(observer.Warnings, static warning => warning.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_checkpoint_under_another_ones_name_is_damaged()
    {
        TrainingResult run = Train("run", Recipe(), stopAfter: 1);
        Directory.Move(run.Folder.Checkpoint(run.Steps), run.Folder.Checkpoint(run.Steps + 1));
        MocoException error = Assert.Throws<MocoException>(() => Resume("run", Recipe()));
        Assert.Equal(ErrorIds.CheckpointDamaged, error.Id);
    }
}
