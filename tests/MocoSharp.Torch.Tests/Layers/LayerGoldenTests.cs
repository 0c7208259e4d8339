using System.Text.Json;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

/// <summary>Each layer's output and gradients against PyTorch's.</summary>
public sealed class LayerGoldenTests : TensorTest
{
    private const double Relative = 1e-5;
    private static readonly JsonElement s_golden = Golden.Open("layers");

    public static TheoryData<string> Layers =>
        [.. s_golden.GetProperty("layers").EnumerateArray().Select(static entry => entry.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Layers))]
    public void Output_and_gradients_are_PyTorch_s(string name)
    {
        JsonElement golden = s_golden.GetProperty("layers").Named(name);
        using Layer layer = Fill.Module(Make(golden.GetProperty("options"), name), parameter => $"{name}.{parameter}");
        Passes(golden, layer, name, golden.GetProperty("inputShape").Longs(), "", MemoryFormat.Contiguous);
    }

    [Theory, InlineData("conv"), InlineData("conv-stride-groups-bias"), InlineData("max-pool"), InlineData("adaptive-average-pool-2")]
    public void Channels_last_changes_no_result(string name)
    {
        JsonElement golden = s_golden.GetProperty("layers").Named(name);
        using Layer layer = Fill.Module(Make(golden.GetProperty("options"), name), parameter => $"{name}.{parameter}");
        Passes(golden, layer, name, golden.GetProperty("inputShape").Longs(), "", MemoryFormat.ChannelsLast);
    }

    [Theory, InlineData("batch-norm-2d"), InlineData("batch-norm-1d"), InlineData("batch-norm-1d-no-affine")]
    public void Batch_norm_is_PyTorch_s_in_training_and_evaluation(string name)
    {
        JsonElement golden = s_golden.GetProperty("norms").Named(name), options = golden.GetProperty("options");
        long[] shape = golden.GetProperty("inputShape").Longs();
        bool affine = !options.TryGetProperty("affine", out _);
        using BatchNorm2d norm = Fill.Module(
            shape.Length == 2 ? new BatchNorm1d(options.Whole("num_features"), affine)
            : new BatchNorm2d(options.Whole("num_features"), affine),
            parameter => $"{name}.{parameter}");
        for (int call = 0; call < 2; call++)
        {
            JsonElement train = golden.GetProperty($"train{call}");
            Passes(train, norm, name, shape, $"{call}", MemoryFormat.Contiguous);
            Statistics(train, norm.Buffers().ToDictionary());
        }
        norm.Train(false);
        Passes(golden.GetProperty("eval2"), norm, name, shape, "2", MemoryFormat.Contiguous);
        Assert.Equal(2, norm.Buffers().Single(static buffer => buffer.Name == "num_batches_tracked").Value.ToInt64());
    }

    [Fact]
    public void Momentum_and_epsilon_of_batch_norm_are_PyTorch_s()
    {
        const string Name = "batch-norm-2d-momentum-eps";
        JsonElement golden = s_golden.GetProperty("norms").Named(Name), options = golden.GetProperty("options");
        Tensor State(string name) => Fill.Parameter($"{Name}.{name}", [3]);
        Tensor mean = State("running_mean"), variance = State("running_var");
        for (int call = 0; call < 2; call++)
        {
            Tensor y = Functional.BatchNormActivation(Fill.Inputs($"{Name}.input{call}", golden.GetProperty("inputShape").Longs()), null,
                State("weight"), State("bias"), mean, variance, training: true, options.Number("momentum"), options.Number("eps"),
                splits: 1, relu: false);
            JsonElement train = golden.GetProperty($"train{call}");
            train.GetProperty("output").HoldsWhole(y, Relative);
            Statistics(train, new Dictionary<string, Tensor> { ["running_mean"] = mean, ["running_var"] = variance });
        }
    }

    private static void Passes(JsonElement golden, Layer layer, string name, long[] shape, string suffix, MemoryFormat format)
    {
        foreach ((_, Tensor parameter) in layer.Parameters()) parameter.Grad = null;
        Tensor x = Fill.Inputs($"{name}.input{suffix}", shape).Contiguous(format);
        x.RequiresGrad = true;
        Tensor y = layer.Forward(x);
        // global pooling flattens
        if (y.Rank == 2 && golden.GetProperty("output").GetProperty("shape").GetArrayLength() == 4) y = y.View([.. y.Shape, 1, 1]);
        golden.GetProperty("output").HoldsWhole(y, Relative);
        (y * Fill.Inputs($"{name}.cotangent{suffix}", y.Shape)).Sum().Backward();
        golden.GetProperty("inputGradient").HoldsWhole(x.Grad!, Relative);
        foreach ((string parameter, Tensor value) in layer.Parameters())
            golden.GetProperty($"{parameter}Gradient").HoldsWhole(value.Grad!, Relative);
    }

    private static void Statistics(JsonElement golden, Dictionary<string, Tensor> buffers)
    {
        Tolerance.Close(golden.GetProperty("runningMean").Floats(), buffers["running_mean"], Relative);
        Tolerance.Close(golden.GetProperty("runningVar").Floats(), buffers["running_var"], Relative);
    }

    private static Layer Make(JsonElement options, string name)
    {
        int Option(string key, int otherwise) => options.TryGetProperty(key, out JsonElement value) ? value.GetInt32() : otherwise;
        bool bias = options.TryGetProperty("bias", out JsonElement flag) && flag.GetBoolean();
        return name switch
        {
            _ when name.StartsWith("conv", StringComparison.Ordinal) => new Conv2d(
                Option("in_channels", 0), Option("out_channels", 0), Option("kernel_size", 0), Option("stride", 1), Option("padding", 0),
                Option("groups", 1), bias),
            _ when name.StartsWith("linear", StringComparison.Ordinal) =>
                new Linear(Option("in_features", 0), Option("out_features", 0), bias),
            "max-pool" => new MaxPool2d(Option("kernel_size", 0), Option("stride", 1), Option("padding", 0)),
            "adaptive-average-pool-1" => new GlobalAveragePool(),
            "adaptive-average-pool-2" => new AdaptiveAveragePool2d(Option("output_size", 0)),
            "relu" => new Relu(),
            _ => throw new ArgumentException($"no layer stands for '{name}'", nameof(name)),
        };
    }
}
