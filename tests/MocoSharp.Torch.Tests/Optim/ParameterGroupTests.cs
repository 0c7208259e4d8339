using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Optim;

namespace MocoSharp.Torch.Tests.Optim;

public sealed class ParameterGroupTests : TensorTest
{
    [Fact]
    public void Norms_and_biases_can_be_spared_from_decay()
    {
        using Sequential network = new() { { "conv", new Conv2d(3, 4, 3) }, { "bn", new BatchNorm2d(4) }, { "fc", new Linear(4, 2) } };
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.Of(network.Parameters(), 0.1, decayNormsAndBiases: false);
        Assert.Equal(["decayed", "undecayed"], groups.Select(static group => group.Name));
        Assert.Equal(["conv.weight", "fc.weight"], groups[0].Parameters.Select(static p => p.Name));
        Assert.Equal(["conv.bias", "bn.weight", "bn.bias", "fc.bias"], groups[1].Parameters.Select(static p => p.Name));
        Assert.Equal([0.1, 0], groups.Select(static group => group.WeightDecay));
        Assert.Single(ParameterGroup.Of(network.Parameters(), 0.1, decayNormsAndBiases: true));
    }

    [Fact]
    public void Tokens_and_positions_are_spared_with_them()
    {
        using Tokens tokens = new();
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.Of(tokens.Parameters(), 0.1, decayNormsAndBiases: false);
        Assert.Equal([["weight"], ["pos_embed"]], groups.Select(static group => group.Parameters.Select(static p => p.Name)));
    }

    [Fact]
    public void Decay_pulls_only_the_decayed()
    {
        using Linear layer = Fill.Module(new Linear(3, 2));
        Dictionary<string, Tensor> before = layer.Parameters().ToDictionary(static p => p.Name, static p => p.Value.Detach().Clone());
        using Sgd optimizer = new(ParameterGroup.Of(layer.Parameters(), 0.5, decayNormsAndBiases: false));
        optimizer.Update(0.1);                         // gradients are 0: only decay moves
        Dictionary<string, Tensor> after = layer.Parameters().ToDictionary();
        Tolerance.Close(before["weight"] * 0.95, after["weight"], 1e-6);
        Assert.True(before["bias"].SameAs(after["bias"]));
    }

    [Fact]
    public void Frozen_parameters_are_left_out()
    {
        using Linear layer = new(3, 2);
        foreach ((_, Tensor value) in layer.Parameters().Where(static p => p.Name == "bias")) value.RequiresGrad = false;
        Assert.Equal(["weight"], ParameterGroup.Of(layer.Parameters(), 0, decayNormsAndBiases: true)
            .Single().Parameters.Select(static p => p.Name));
        Assert.Single(ParameterGroup.Of(layer.Parameters(), 0, decayNormsAndBiases: false));
        Assert.Empty(ParameterGroup.Of([], 0, decayNormsAndBiases: true));
    }

    private sealed class Tokens : Module
    {
        internal Tokens()
        {
            Parameter("weight", Tensor.Zeros([2, 3, 4]));
            Parameter("pos_embed", Tensor.Zeros([1, 3, 4]));
        }
    }
}
