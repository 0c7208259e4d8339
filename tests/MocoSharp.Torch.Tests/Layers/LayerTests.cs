using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class LayerTests : TensorTest
{
    [Fact]
    public void Layers_compute_in_the_type_of_their_input_and_keep_single_weights()
    {
        using Sequential network = new(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new Relu(), new Flatten(),
            new Linear(8 * 16, 5));
        Tensor x = Tensor.RandomNormal([4, 3, 4, 4]);
        Tensor wide = network.Forward(x), narrow = network.Forward(x.To(DType.BFloat16));
        Assert.Equal(DType.BFloat16, narrow.DType);
        Tolerance.Close(wide, narrow, 0.05);
        narrow.To(DType.Float32).Sum().Backward();
        Assert.All(network.Parameters(), static item => Assert.Equal(DType.Float32, item.Value.Grad!.DType));
    }

    [Fact]
    public void A_convolution_is_linear_and_moves_with_its_input()
    {
        using Conv2d conv = new(2, 3, 3, bias: false);
        Tensor a = Tensor.RandomNormal([1, 2, 7, 7]), b = Tensor.RandomNormal([1, 2, 7, 7]);
        Tolerance.Close(conv.Forward(a) + (2 * conv.Forward(b)), conv.Forward(a + (2 * b)), 1e-5);
        Tolerance.Close(conv.Forward(a).Narrow(3, 1, 4), conv.Forward(a.Narrow(3, 1, 6)), 1e-5);
    }

    [Fact]
    public void Channels_last_stays_channels_last_through_a_network()
    {
        using Sequential network = new(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new Relu(), new MaxPool2d(2, 2),
            new Conv2d(8, 4, 1));
        Tensor y = network.Forward(Tensor.RandomNormal([2, 3, 8, 8]).Contiguous(MemoryFormat.ChannelsLast));
        Assert.Equal([64L, 1, 16, 4], y.Strides);
    }

    [Fact]
    public void Pools_take_the_largest_and_the_mean()
    {
        Tensor x = Tensor.Arange(16, DType.Float32).View(1, 1, 4, 4);
        using MaxPool2d largest = new(2, 2);
        using AveragePool2d mean = new(2, 2), padded = new(2, 2, padding: 1);
        using GlobalAveragePool all = new();
        using AdaptiveAveragePool2d whole = new(1);
        Assert.Equal([5f, 7, 13, 15], largest.Forward(x).ToArray<float>());
        Assert.Equal([2.5f, 4.5f, 10.5f, 12.5f], mean.Forward(x).ToArray<float>());
        Assert.Equal(0f, padded.Forward(x).ToArray<float>()[0]);
        Assert.Equal(0.75f, padded.Forward(x).ToArray<float>()[1]);             // (0 + 0 + 1 + 2) / 4: the border's zeros count
        Assert.Equal([7.5f], all.Forward(x).ToArray<float>());
        Assert.Equal([7.5f], whole.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Global_pooling_of_bfloat16_sums_in_single()
    {
        using GlobalAveragePool pool = new();
        Tensor y = pool.Forward(Tensor.Full([1, 1, 40, 40], 1.0078125, DType.BFloat16));
        Assert.Equal(DType.Float32, y.DType);
        Assert.Equal([1.0078125f], y.ToArray<float>());
    }

    [Fact]
    public void A_sequence_names_its_layers_by_position_or_as_told()
    {
        using Sequential plain = new(new Relu(), new Identity()), named = new() { { "a", new Relu() } };
        Assert.Equal(["0", "1"], plain.Children.Select(static child => child.Name));
        Assert.Equal(["a"], named.Children.Select(static child => child.Name));
        Assert.Equal(2, plain.Count());
    }

    [Fact]
    public void Groups_must_divide_the_channels()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(3, 4, 3, groups: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(4, 3, 3, groups: 2));
    }
}
