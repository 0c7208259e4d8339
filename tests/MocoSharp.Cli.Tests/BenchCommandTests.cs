using System.Text.Json;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Cli.Tests;

public sealed class BenchCommandTests : Workbench
{
    [Fact]
    public void The_pipeline_says_rate_parts_waiting_and_memory()
    {
        JsonElement result = Bench("pipeline", "--data", Pictures(), "--recipe", Recipe, "--batch", "8", "--seconds", "0.2", "--workers",
            "1");
        Assert.Equal(48, result.GetProperty("pictures").GetInt32());
        Assert.Equal(10, result.GetProperty("resident_megabytes").GetArrayLength());
        Assert.InRange(result.GetProperty("waiting_share").GetDouble(), 0, 1.01);
        foreach (string part in new[] { "decode", "randomResizedCrop", "flip", "normalize" })
            Assert.True(result.GetProperty("milliseconds").GetProperty(part).GetDouble() >= 0, part);
    }

    [Fact]
    public void Augmentations_are_timed_one_by_one()
    {
        JsonElement result = Bench("augment", "--recipe", Recipe, "--source", "24", "--image", "8");
        Assert.Equal(["randomResizedCrop", "flip", "normalize"],
            result.GetProperty("milliseconds").EnumerateObject().Select(static part => part.Name));
        Assert.Equal(64, result.GetProperty("pictures").GetInt32());
        Assert.True(result.GetProperty("peak_megabytes").GetDouble() > 20);
    }

    [Theory, InlineData("8", 8), InlineData("500", 48)]
    public void Augmentations_take_the_first_real_pictures_too(string batch, int taken)
    {
        JsonElement result = Bench("augment", "--recipe", Recipe, "--data", Pictures(), "--batch", batch, "--image", "8");
        Assert.Equal(taken, result.GetProperty("pictures").GetInt32());
        Assert.Contains("leave it or --data out", Tool.Run("bench", "augment", "--data", Pictures(), "--source", "24").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_knn_test_says_rate_and_accuracy_and_leaves_its_features()
    {
        JsonElement result = Bench("knn", "--bank", "500", "--queries", "50", "--dimensions", "16", "--neighbors", "10", "--repeats", "2",
            "--save", At("features.bin"));
        Assert.InRange(result.GetProperty("accuracy").GetDouble(), 0.2, 1);
        Assert.Equal(2 * 24 + 550 * (16 + 1) * 4, new FileInfo(At("features.bin")).Length);
    }

    [Theory, InlineData("fp32"), InlineData("bf16")]
    public void The_step_says_its_parts_its_layers_and_what_the_machine_can_do(string precision)
    {
        JsonElement result = Bench("step", "--encoder", "resnet18-small", "--image", "8", "--batch", "8", "--queue", "32", "--steps", "2",
            "--precision", precision, "--layers");
        Assert.Equal(["waiting", "query_forward", "key_forward", "loss", "backward", "update"],
            result.GetProperty("milliseconds").EnumerateObject().Select(static part => part.Name));
        foreach (string part in new[] { "query_forward", "key_forward", "loss", "backward", "update" })
            Assert.True(result.GetProperty("milliseconds").GetProperty(part).GetDouble() > 0, part);
        Assert.True(result.GetProperty("ceiling_fp32").GetDouble() > 1);
        Assert.True(result.GetProperty("peak_resident_megabytes").GetDouble() > 50);           // libtorch alone has more
        Assert.True(result.GetProperty("peak_resident_before_megabytes").GetDouble() > 50);
        Assert.True(result.GetProperty("minor_faults_per_step").GetDouble() >= 0);
        Assert.True(result.GetProperty("gflops").GetDouble() > 0);
        JsonElement[] layers = [.. result.GetProperty("layers").EnumerateArray()];
        Assert.Equal(20, layers.Sum(static layer => layer.GetProperty("count").GetInt32()));      // ResNet-18's convolutions
        Assert.False(layers[0].TryGetProperty("input_gradient", out JsonElement pictures) && pictures.ValueKind != JsonValueKind.Null);
        foreach (JsonElement layer in layers.Skip(1))
            Assert.True(layer.GetProperty("input_gradient").GetProperty("gflops").GetDouble() > 0);
    }

    [Fact]
    public void The_step_takes_real_pictures_and_says_whether_it_drifts()
    {
        JsonElement result = Bench("step", "--image", "8", "--batch", "8", "--queue", "32", "--steps", "20", "--data", Pictures(),
            "--recipe", "moco-cifar10");
        Assert.Equal(10, result.GetProperty("parts").GetArrayLength());
        Assert.Equal(10, result.GetProperty("resident_megabytes").GetArrayLength());
        Assert.True(result.GetProperty("milliseconds").GetProperty("waiting").GetDouble() > 0);
        double[] losses = [.. result.GetProperty("losses").EnumerateArray().Select(static loss => loss.GetDouble())];
        Assert.All(losses, loss => Assert.InRange(loss, 0, 20));
    }

    // the losses are of chance at this size: what differs are the pictures
    [Fact]
    public void A_recording_holds_all_that_another_program_needs_and_its_steps_differ()
    {
        string file = At("start.safetensors");
        string[] step = ["step", "--encoder", "resnet18-small", "--image", "8", "--batch", "8", "--queue", "32", "--steps", "2",
            "--precision", "fp32"];
        double[] recorded = Losses(Bench([.. step, "--record", file])), plain = Losses(Bench(step));
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile start = Safetensors.Open(file);
        Assert.Equal([8L, 3, 8, 8], start["pictures"].Shape);
        Assert.Contains("queue.keys", start.Names);
        Assert.Equal(plain[0], recorded[0], tolerance: 1e-3);       // the first step's noise is the whole one as it lies
        Assert.NotEqual(plain[1], recorded[1], tolerance: 1e-6);
    }

    [Fact]
    public void Real_pictures_cannot_be_recorded() =>
        Assert.Contains("leave --data out", Tool.Run("bench", "step", "--data", Pictures(), "--record", At("start.safetensors")).Error,
            StringComparison.Ordinal);

    private static double[] Losses(JsonElement result) =>
        [.. result.GetProperty("losses").EnumerateArray().Select(static loss => loss.GetDouble())];

    private static JsonElement Bench(params string[] args)
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Run(["bench", .. args, "--json"]).Succeeded().Out);
        JsonElement result = document.RootElement.Clone();
        Assert.InRange(result.GetProperty("images_per_second").GetDouble(), result.GetProperty("slowest_images_per_second").GetDouble(),
            result.GetProperty("fastest_images_per_second").GetDouble());
        return result;
    }
}
