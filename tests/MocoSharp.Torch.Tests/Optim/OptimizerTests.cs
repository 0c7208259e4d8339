using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests.Optim;

public sealed class OptimizerTests : TensorTest
{
    [Fact]
    public void Parameters_keep_their_identity_values_and_gradients()
    {
        using Sequential network = Network();
        (string Name, Tensor Value)[] parameters = [.. network.Parameters()];
        float[][] before = [.. parameters.Select(static p => p.Value.ToArray<float>())];
        using Sgd optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: false));
        foreach (((string Name, Tensor Value) parameter, float[] values) in parameters.Zip(before))
        {
            Assert.Equal(values, parameter.Value.ToArray<float>());
            Assert.True(parameter.Value.RequiresGrad);
            Assert.Equal(parameter.Value.Shape, parameter.Value.Grad!.Shape);
            Assert.Equal(0, parameter.Value.DataPointer % 64);
        }
        nint gradient = parameters[0].Value.Grad!.DataPointer;
        Loss(network).Backward();
        Assert.Equal(gradient, parameters[0].Value.Grad!.DataPointer);         // summed into the optimizer's memory
        Assert.True(parameters[0].Value.Grad!.Norm().ToDouble() > 0);
        optimizer.Update(0.1);
        Assert.NotEqual(before[0], parameters[0].Value.ToArray<float>());
        Assert.Equal(0, parameters[0].Value.Grad!.Norm().ToDouble());
    }

    [Fact]
    public void A_group_that_keeps_its_rate_takes_the_schedules_start_value()
    {
        using Sequential network = new(new Linear(2, 2), new Linear(2, 2));
        Tensor[] weights = [.. network.Parameters().Select(static parameter => parameter.Value)];
        float[][] before = [.. weights.Select(static weight => weight.ToArray<float>())];
        using Sgd optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: false,
            keepsRate: static name => name.StartsWith("1.", StringComparison.Ordinal)), momentum: 0.9);
        network.Forward(Fill.Inputs("x", 4, 2)).Sum().Backward();
        float[] slope = weights[3].Grad!.ToArray<float>();
        optimizer.Update(0, start: 0.5);
        Assert.Equal(before[0], weights[0].ToArray<float>());
        Assert.Equal(before[1], weights[1].ToArray<float>());
        Assert.Equal(before[3].Zip(slope, static (weight, gradient) => weight - 0.5f * gradient), weights[3].ToArray<float>());
        Assert.Equal(["velocity.decayed", "velocity.undecayed", "velocity.decayed.kept", "velocity.undecayed.kept"],
            optimizer.State.Select(static item => item.Name).Where(static name => name != "updates"));
    }

    [Fact]
    public void Parameters_outlive_their_optimizer()
    {
        using Sequential network = Network();
        new Sgd(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: true)).Dispose();
        Loss(network).Backward();
        Assert.True(network.Parameters().First().Value.Grad!.IsFinite());
    }

    [Fact]
    public void Two_half_batches_accumulate_to_the_whole_one()
    {
        Tensor x = Fill.Inputs("x", 8, 3, 6, 6);
        float[] Weights(params Tensor[] parts)
        {
            using Sequential network = Fill.Module(new Sequential(new Conv2d(3, 4, 3), new GlobalAveragePool(), new Linear(4, 2)));
            using Sgd optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: true), momentum: 0.9);
            foreach (Tensor part in parts) (network.Forward(part).Pow(2).Sum() / 8).Backward();
            optimizer.Update(0.1);
            return [.. network.Parameters().SelectMany(static p => p.Value.ToArray<float>())];
        }
        Tolerance.Close(Weights(x), Weights(x.Chunk(2)), 1e-5);
    }

    [Fact]
    public void Clipping_shrinks_all_gradients_together_to_the_bound()
    {
        using Sequential network = Network();
        using Sgd optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: false));
        Loss(network).Backward();
        double norm = optimizer.GradientNorm();
        double expected = Math.Sqrt(network.Parameters().Sum(static p => Math.Pow(p.Value.Grad!.Norm().ToDouble(), 2)));
        Tolerance.Close(expected, norm, 1e-5 * expected);
        Tensor direction = network.Parameters().First().Value.Grad! / norm;

        Assert.Equal(norm, optimizer.ClipGradients(norm * 2));                 // large enough: nothing changes
        Assert.Equal(norm, optimizer.GradientNorm());
        Assert.Equal(norm, optimizer.ClipGradients(norm / 4));
        Tolerance.Close(norm / 4, optimizer.GradientNorm(), 1e-4 * norm);
        Tolerance.Close(direction, network.Parameters().First().Value.Grad! / (norm / 4), 1e-4);
    }

    [Fact]
    public void Cleared_gradients_move_nothing()
    {
        using Sequential network = Network();
        using Sgd optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: true));
        Loss(network).Backward();
        optimizer.ClearGradients();
        Assert.Equal(0, optimizer.GradientNorm());
        float[] before = network.Parameters().First().Value.ToArray<float>();
        optimizer.Update(0.1);
        Assert.Equal(before, network.Parameters().First().Value.ToArray<float>());
    }

    [Theory, InlineData("sgd"), InlineData("adam"), InlineData("adamw"), InlineData("lars")]
    public void A_restored_optimizer_goes_on_bit_by_bit(string kind)
    {
        Optimizer Make(Sequential network)
        {
            IReadOnlyList<ParameterGroup> groups = ParameterGroup.Of(network.Parameters(), 1e-2, decayNormsAndBiases: false);
            return kind switch
            {
                "sgd" => new Sgd(groups, 0.9, nesterov: true),
                "adam" => new Adam(groups),
                "adamw" => new AdamW(groups),
                _ => new Lars(groups),
            };
        }
        using Sequential unbroken = Network(), resumed = Network();
        using Optimizer first = Make(unbroken);
        Steps(unbroken, first, 0, 3);
        resumed.Load(unbroken.State().ToDictionary());
        using Optimizer second = Make(resumed);
        second.Restore(first.State.ToDictionary());
        Assert.Equal(3, second.Updates);
        Steps(unbroken, first, 3, 6);
        Steps(resumed, second, 3, 6);
        Assert.All(unbroken.State().Zip(resumed.State()), static pair =>
            Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Name));
    }

    [Fact]
    public void State_of_another_optimizer_is_refused_and_changes_nothing()
    {
        using Sequential network = Network();
        using Adam optimizer = new(ParameterGroup.Of(network.Parameters(), 0, decayNormsAndBiases: false));
        Dictionary<string, Tensor> state = optimizer.State.ToDictionary(static item => item.Name, static item => item.Value + 1);
        Assert.Equal(["updates", "mean.decayed", "mean.undecayed", "square.decayed", "square.undecayed"], state.Keys);
        state["square.undecayed"] = Tensor.Zeros([3]);
        TorchException error = Assert.Throws<TorchException>(() => optimizer.Restore(state, "state.safetensors"));
        Assert.Equal("state.safetensors", error.At);
        Assert.Contains("the optimizer's 'square.undecayed' [", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, optimizer.Updates);
        Assert.All(optimizer.State, static item => Assert.Equal(0, item.Value.To(DType.Float64).Norm().ToDouble()));
        state.Remove("square.undecayed");
        Assert.EndsWith("is missing", Assert.Throws<TorchException>(() => optimizer.Restore(state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_group_s_scale_multiplies_the_rate()
    {
        Tensor slow = AutogradTests.Leaf(1), fast = AutogradTests.Leaf(1);
        using Sgd optimizer = new([new("slow", [("a", slow)], RateScale: 0.1), new("fast", [("b", fast)])]);
        (slow + fast).Sum().Backward();
        optimizer.Update(0.5);
        Tolerance.Close(0.95, slow.ToDouble(), 1e-6);
        Tolerance.Close(0.5, fast.ToDouble(), 1e-6);
    }

    [Fact]
    public void Impossible_settings_are_refused()
    {
        Tensor x = AutogradTests.Leaf(1);
        ParameterGroup[] groups = [new("all", [("x", x)])];
        Assert.Throws<ArgumentException>(() => new Sgd([]));
        Assert.Throws<ArgumentException>(() => new Sgd([new("none", [])]));
        Assert.Throws<ArgumentException>(() => new Sgd([.. groups, new("again", [("x", x)])]));
        Assert.Throws<ArgumentException>(() => new Sgd([.. groups, new("all", [("y", AutogradTests.Leaf(1))])]));
        Assert.Throws<ArgumentException>(() => new Sgd(groups, nesterov: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(groups, momentum: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(groups, beta2: 1));
        TorchException error = Assert.Throws<TorchException>(() => new Sgd([new("half", [("y", Tensor.Zeros([2], DType.BFloat16))])]));
        Assert.Equal("parameter 'y' [2] BF16 is not F32", error.Message);
    }

    private static void Steps(Sequential network, Optimizer optimizer, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            network.Forward(Fill.Inputs($"step{step}", 4, 3, 6, 6)).Pow(2).Mean().Backward();
            optimizer.Update(0.05);
        }
    }

    private static Tensor Loss(Sequential network) => network.Forward(Fill.Inputs("x", 4, 3, 6, 6)).Pow(2).Mean();

    private static Sequential Network() =>
        new(new Conv2d(3, 5, 3), new BatchNorm2d(5), new Relu(), new GlobalAveragePool(), new Linear(5, 2));
}
