using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Runs;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Tests.Encoders;

public sealed class ResNetTests : TensorTest
{
    [Theory, InlineData("resnet18"), InlineData("resnet34"), InlineData("resnet50"), InlineData("resnet18-small"),
        InlineData("resnet18-gray")]
    public void Logits_equal_torchvisions_with_the_same_weights(string name)
    {
        JsonElement golden = Golden.Open("resnet-logits").GetProperty("cases").GetProperty(name);
        using Encoder encoder = Filled(golden, out Linear fc);
        encoder.Train(false);
        using GradMode off = GradMode.Off();
        Tensor logits = fc.Forward(encoder.Forward(Input(golden, name)));
        JsonElement expected = golden.GetProperty("eval");
        float[] first = [.. expected.GetProperty("first16").EnumerateArray()
            .SelectMany(static row => row.ValueKind == JsonValueKind.Array ? row.Floats() : [row.GetSingle()])];
        Tolerance.Close(first, logits.Narrow(1, 0, 16).Contiguous(), relative: 1e-4);
        Tolerance.Close(expected.Number("sumOfSquares"), (logits * logits).Sum().ToDouble(), 1e-4 * expected.Number("sumOfSquares"));
        fc.Dispose();
    }

    [Theory, InlineData("resnet18"), InlineData("resnet34"), InlineData("resnet50"), InlineData("resnet18-small")]
    public void Names_and_shapes_are_torchvisions_in_its_order(string name)
    {
        JsonElement golden = Golden.Open("resnet-logits").GetProperty("cases").GetProperty(name);
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(name));
        (string, string)[] expected = [.. golden.GetProperty("state").EnumerateArray()
            .Select(static entry => (entry[0].GetString()!, string.Join('x', entry[1].Longs())))
            .Where(static entry => !entry.Item1.StartsWith("fc.", StringComparison.Ordinal))];
        Assert.Equal(expected, encoder.State().Select(static entry => (entry.Name, string.Join('x', entry.Value.Shape))));
    }

    [Fact]
    public void Gradients_equal_torchvisions_in_training()
    {
        JsonElement golden = Golden.Open("resnet-logits").GetProperty("cases").GetProperty("resnet18-small");
        using Encoder encoder = Filled(golden, out Linear fc);
        Tensor logits = fc.Forward(encoder.Forward(Input(golden, "resnet18-small")));
        (logits * Fill.Inputs("resnet18-small.cotangent", logits.Shape)).Sum().Backward();
        Dictionary<string, Tensor> parameters = encoder.Parameters().Concat(fc.Parameters().Select(static p => ("fc." + p.Name, p.Value)))
            .ToDictionary(static p => p.Item1, static p => p.Item2);
        foreach (JsonProperty expected in golden.GetProperty("train").GetProperty("gradients").EnumerateObject())
            Tolerance.Close(expected.Value.Number("norm"), parameters[expected.Name].Grad!.To(DType.Float64).Norm().ToDouble(),
                2e-3 * expected.Value.Number("norm"), expected.Name);
        foreach (JsonProperty expected in golden.GetProperty("train").GetProperty("runningStatistics").EnumerateObject())
            expected.Value.HoldsSummary(encoder.Buffers().Single(buffer => buffer.Name == expected.Name).Value, relative: 1e-3);
        fc.Dispose();
    }

    [Fact]
    public void A_tap_gives_the_map_after_its_stage()
    {
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        Encoding encoding = encoder.Encode(Fill.Inputs("x", 2, 3, 16, 16), "stem", "layer3");
        Assert.Equal(["stem", "layer3"], encoding.Maps.Keys);
        foreach (EncoderStage stage in encoder.Stages.Where(stage => encoding.Maps.ContainsKey(stage.Name)))
            Assert.Equal([2, stage.Channels, 16 / stage.Stride, 16 / stage.Stride], encoding.Maps[stage.Name].Shape);
        Assert.Equal([2, encoder.Features], encoding.Features.Shape);
        Assert.Contains("layer9", Assert.Throws<ArgumentException>(() => encoder.Encode(Fill.Inputs("x", 2, 3, 16, 16), "layer9")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_registered_encoder_gives_features_for_any_channel_count_and_width()
    {
        using GradMode off = GradMode.Off();
        foreach (string name in EncoderRegistry.Names)
        {
            using Encoder encoder = EncoderRegistry.Create(Tiny.Encoder(name) with { Channels = 2 });
            Assert.Equal([2, encoder.Features], encoder.Forward(Fill.Inputs("x", 2, 2, 32, 32)).Shape);
        }
    }

    // The official CIFAR-10 demo puts this convolution in after torchvision's initialization, so it starts as torch.nn.Conv2d does. With
    // fan-out normal weights (0.059 here) training begins faster and the first epochs' losses are not the demo's.
    [Fact]
    public void The_small_stem_starts_as_in_the_official_cifar_demo()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("resnet18-small"));
        float[] weights = encoder.Parameters().First(static item => item.Name == "conv1.weight").Value.ToArray<float>();
        double bound = 1 / Math.Sqrt(27);
        Assert.InRange(weights.Max(), 0.97 * bound, bound);
        Assert.InRange(weights.Min(), -bound, -0.97 * bound);
    }

    [Fact]
    public void Bf16_features_stay_within_three_percent_of_fp32()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("resnet18-small", Width: 0.5));
        using GradMode off = GradMode.Off();
        Tensor x = Fill.Inputs("x", 8, 3, 32, 32).Contiguous(MemoryFormat.ChannelsLast);
        Tensor exact = encoder.Forward(x), rounded = encoder.Forward(x.To(DType.BFloat16));
        Assert.True((exact - rounded).Norm().ToDouble() < 0.03 * exact.Norm().ToDouble());
    }

    // rounding turns a whole network's gradient, because it moves inputs of ReLUs over zero: PyTorch's autocast is as far from its own fp32
    // (0.31 to 0.34 of the norm)
    [Theory, InlineData("library"), InlineData("tiles"), InlineData("winograd")]
    public void Gradients_in_bf16_have_the_length_of_fp32s_within_three_percent_and_its_direction_as_far_as_autocast_has(string kernels)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("resnet18-small", Width: 0.5));
        Tensor x = Fill.Inputs("x", 32, 3, 32, 32).Contiguous(MemoryFormat.ChannelsLast), way = Fill.Inputs("way", 32, encoder.Features);
        Tensor Gradient(DType type)
        {
            foreach ((string _, Tensor parameter) in encoder.Parameters())
                parameter.Grad = null;
            (encoder.Forward(x.To(type)) * way).Sum().Backward();
            return Tensor.Cat([.. encoder.Parameters().Select(static item => item.Value.Grad!.To(DType.Float64).Reshape(-1))], 0);
        }

        try
        {
            Kernels.Convolutions = "library";
            Tensor exact = Gradient(DType.Float32);
            Kernels.Convolutions = kernels;
            Tensor rounded = Gradient(DType.BFloat16);
            double length = exact.Norm().ToDouble();
            Assert.InRange(rounded.Norm().ToDouble() / length, 0.97, 1.03);
            Assert.InRange((rounded - exact).Norm().ToDouble() / length, 0.01, 0.4);
        }
        finally
        {
            Kernels.Convolutions = "auto";
        }
    }

    [Fact]
    public void An_encoder_file_reads_back_as_the_same_encoder()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.safetensors");
        using Encoder encoder = EncoderRegistry.Create(Tiny.EncoderOptions);
        EncoderFile.Write(path, encoder);
        using Encoder read = EncoderFile.Read(path);
        foreach (((string name, Tensor expected), (_, Tensor actual)) in encoder.State().Zip(read.State()))
            Assert.True(expected.SameAs(actual), name);
        Assert.Equal(encoder.Options, read.Options);
        File.Delete(path);
    }

    private static Encoder Filled(JsonElement golden, out Linear fc)
    {
        string name = golden.GetProperty("arch").GetString()! + (golden.GetProperty("smallStem").GetBoolean() ? "-small" : "");
        Encoder encoder = Fill.Module(EncoderRegistry.Create(new EncoderOptions(name, Channels: golden.Whole("channels"))));
        fc = Fill.Module(new Linear(encoder.Features, 1000), static own => $"fc.{own}");
        return encoder;
    }

    private static Tensor Input(JsonElement golden, string name) =>
        Fill.Inputs($"{name}.input", golden.Whole("batch"), golden.Whole("channels"), golden.Whole("side"), golden.Whole("side"));
}
