using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class ModuleTests : TensorTest
{
    [Fact]
    public void Names_are_joined_by_dots_in_the_order_of_ownership()
    {
        using Sequential network = Network();
        Assert.Equal(
            ["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked", "head.0.weight",
            "head.0.bias", "head.2.weight"],
            network.State().Select(static item => item.Name));
        Assert.Equal(["conv1.weight", "bn1.weight", "bn1.bias", "head.0.weight", "head.0.bias", "head.2.weight"],
            network.Parameters().Select(static item => item.Name));
        Assert.Equal(["", "conv1", "bn1", "pool", "head", "head.0", "head.1", "head.2"],
            network.Modules().Select(static item => item.Name));
        Assert.All(network.Parameters(), static item => Assert.True(item.Value.RequiresGrad));
        Assert.All(network.Buffers(), static item => Assert.False(item.Value.RequiresGrad));
    }

    [Fact]
    public void A_module_that_two_others_own_is_told_once_by_its_first_name()
    {
        Linear shared = new(2, 2);
        using Sequential both = new()
        {
            { "one", new Sequential { { "part", shared } } },
            { "other", new Sequential { { "part", shared } } },
        };
        Assert.Equal(["one.part.weight", "one.part.bias"], both.State().Select(static item => item.Name));
        Assert.Equal(["", "one", "one.part", "other"], both.Modules().Select(static item => item.Name));
        IEnumerable<(string Name, Module Value)> modules = both.Modules();
        Assert.Equal(modules.Count(), modules.Count());             // a sequence that can be gone through twice
    }

    [Fact]
    public void What_a_module_owns_lives_until_it_is_disposed()
    {
        long live = Tensor.Live;
        Sequential network;
        using (TensorScope.Begin()) network = Network();
        Assert.Equal(live + 9, Tensor.Live);
        Assert.Equal([2L, 5], network.Forward(Tensor.Zeros([2, 3, 8, 8])).Shape);
        network.Dispose();
        network.Dispose();
        Assert.True(Tensor.Live <= live + 20);
        Assert.Throws<TorchException>(() => network.Forward(Tensor.Zeros([2, 3, 8, 8])));
    }

    [Fact]
    public void Train_switches_all_below()
    {
        using Sequential network = Network();
        Assert.All(network.Modules(), static item => Assert.True(item.Value.Training));
        network.Train(false);
        Assert.All(network.Modules(), static item => Assert.False(item.Value.Training));
        network.Train();
        Assert.All(network.Modules(), static item => Assert.True(item.Value.Training));
    }

    [Fact]
    public void Load_copies_values_and_keeps_the_tensors()
    {
        using Sequential from = Network(), to = Network();
        Tensor weight = to.Parameters().First().Value;
        nint memory = weight.DataPointer;
        to.Load(from.State().ToDictionary());
        Assert.Equal(memory, weight.DataPointer);
        Assert.True(weight.RequiresGrad);
        Assert.All(from.State().Zip(to.State()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Name));
    }

    [Fact]
    public void Load_converts_element_types()
    {
        using Linear from = new(2, 2), to = new(2, 2);
        to.Load(from.State().ToDictionary(static item => item.Name, static item => item.Value.Detach().To(DType.Float64)));
        Assert.Equal(DType.Float32, to.Parameters().First().Value.DType);
        Assert.True(from.Parameters().First().Value.SameAs(to.Parameters().First().Value));
    }

    [Theory, InlineData("missing"), InlineData("unknown"), InlineData("shape")]
    public void Weights_that_do_not_fit_change_nothing(string misfit)
    {
        using Sequential from = Network(), to = Network();
        Dictionary<string, Tensor> values = from.State().ToDictionary();
        string expected = misfit switch
        {
            "missing" => "these weights do not fit: 'head.2.weight' [5, 6] F32 is missing",
            "unknown" => "these weights do not fit: 'head.3.weight' has no place in the network",
            _ => "these weights do not fit: 'head.2.weight' is [5, 7] F32, the network needs [5, 6] F32",
        };
        if (misfit == "missing") values.Remove("head.2.weight");
        if (misfit == "unknown") values["head.3.weight"] = Tensor.Zeros([1]);
        if (misfit == "shape") values["head.2.weight"] = Tensor.Zeros([5, 7]);
        float[] before = to.Parameters().First().Value.ToArray<float>();
        TorchException error = Assert.Throws<TorchException>(() => to.Load(values, where: "weights.safetensors"));
        Assert.Equal(TorchErrorIds.Weights, error.Id);
        Assert.Equal(expected, error.Message);
        Assert.Equal("weights.safetensors", error.At);
        Assert.Equal(before, to.Parameters().First().Value.ToArray<float>());
    }

    [Fact]
    public void Load_that_is_not_strict_takes_what_fits_by_name()
    {
        using Sequential from = Network(), to = Network();
        Dictionary<string, Tensor> values = new() { ["conv1.weight"] = from.Parameters().First().Value, ["other"] = Tensor.Zeros([1]) };
        to.Load(values, strict: false);
        Assert.True(from.Parameters().First().Value.SameAs(to.Parameters().First().Value));
        values["bn1.bias"] = Tensor.Zeros([99]);
        Assert.Throws<TorchException>(() => to.Load(values, strict: false));
    }

    [Theory, InlineData(""), InlineData("a.b"), InlineData("relu")]
    public void A_name_is_one_free_part(string name)
    {
        using Sequential network = new() { { "relu", new Relu() } };
        Assert.Throws<ArgumentException>(() => network.Add(name, new Relu()));
    }

    private static Sequential Network() => new()
    {
        { "conv1", new Conv2d(3, 4, 3, padding: 1, bias: false) },
        { "bn1", new BatchNorm2d(4) },
        { "pool", new GlobalAveragePool() },
        { "head", new Sequential(new Linear(4, 6), new Relu(), new Linear(6, 5, bias: false)) },
    };
}
