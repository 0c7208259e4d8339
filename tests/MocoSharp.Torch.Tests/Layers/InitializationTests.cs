using System.Text.Json;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

/// <summary>Fresh weights are drawn from the distributions of PyTorch and torchvision.</summary>
public sealed class InitializationTests : TensorTest
{
    private static readonly JsonElement s_golden = Golden.Open("init");

    [Fact]
    public void Linear_layers_start_uniform_within_one_over_root_fan_in()
    {
        foreach (JsonElement entry in s_golden.GetProperty("linear").EnumerateArray())
        {
            using Linear layer = new(entry.Whole("in"), entry.Whole("out"));
            Uniform(entry, layer);
        }
    }

    [Fact]
    public void Convolutions_start_uniform_within_one_over_root_fan_in()
    {
        foreach (JsonElement entry in s_golden.GetProperty("conv2d").EnumerateArray())
        {
            using Conv2d layer = new(entry.Whole("in"), entry.Whole("out"), entry.Whole("kernel"), groups: entry.Whole("groups"));
            Assert.Equal(entry.Whole("fanIn"), Initialization.FanIn(layer.Weight));
            Uniform(entry, layer);
        }
    }

    [Fact]
    public void Kaiming_by_fan_out_has_torchvision_s_deviation()
    {
        foreach (JsonElement entry in s_golden.GetProperty("resnet18").GetProperty("parameters").EnumerateArray())
        {
            if (entry.GetProperty("kind").GetString() != "normal") continue;
            Tensor weight = Initialization.KaimingNormalFanOut(Tensor.Empty(entry.GetProperty("shape").Longs()));
            double deviation = entry.Number("std"), error = deviation / Math.Sqrt(2.0 * weight.ElementCount);
            Tolerance.Close(deviation, Math.Sqrt(weight.Pow(2).Mean().ToDouble()), 5 * error, entry.GetProperty("name").GetString()!);
            Assert.True(weight.Abs().Max().ToDouble() > 2 * deviation);       // normal, not uniform
        }
    }

    [Fact]
    public void Batch_norm_starts_as_the_identity_of_standardized_values()
    {
        using BatchNorm2d norm = new(4);
        Dictionary<string, Tensor> state = norm.State().ToDictionary();
        JsonElement buffers = s_golden.GetProperty("buffers");
        Assert.Equal([1f, 1, 1, 1], state["weight"].ToArray<float>());
        Assert.Equal([0f, 0, 0, 0], state["bias"].ToArray<float>());
        foreach (JsonProperty buffer in buffers.EnumerateObject())
            Assert.Equal(buffer.Value.GetDouble(), state[buffer.Name].To(DType.Float64).Mean().ToDouble());
    }

    [Fact]
    public void The_seed_decides_the_weights()
    {
        float[] Weights(ulong seed)
        {
            Runtime.Seed(seed);
            using Conv2d layer = new(3, 8, 3);
            return [.. layer.State().SelectMany(static item => item.Value.ToArray<float>())];
        }
        Assert.Equal(Weights(7), Weights(7));
        Assert.NotEqual(Weights(7), Weights(8));
    }

    private static void Uniform(JsonElement golden, Layer layer)
    {
        foreach ((string name, Tensor value) in layer.Parameters())
        {
            double bound = golden.Number($"{name}Bound");
            Assert.InRange(value.Abs().Max().ToDouble(), value.ElementCount > 100 ? 0.95 * bound : 0, bound);
            double error = bound / Math.Sqrt(3.0 * value.ElementCount);        // of the mean of a uniform variable
            Tolerance.Close(0, value.Mean().ToDouble(), 5 * error, name);
            Tolerance.Close(bound / Math.Sqrt(3), Math.Sqrt(value.Pow(2).Mean().ToDouble()), 5 * error, name);
        }
    }
}
