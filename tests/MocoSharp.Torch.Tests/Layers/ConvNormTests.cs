using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class ConvNormTests : TensorTest
{
    private const int Channels = 32;

    [Theory]
    [InlineData(DType.Float32, 16, 1), InlineData(DType.Float32, 4, 2)]
    [InlineData(DType.BFloat16, 16, 1), InlineData(DType.BFloat16, 16, 2), InlineData(DType.BFloat16, 4, 2)]
    public void The_pair_is_the_two_layers_one_after_the_other(DType type, int side, int splits)
    {
        using Conv2d conv = Fill.Module(new Conv2d(Channels, Channels, 3, padding: 1, bias: false));
        using BatchNorm2d together = Fill.Module(new SplitBatchNorm2d(Channels, splits)),
            apart = Fill.Module(new SplitBatchNorm2d(Channels, splits));
        Tensor x = Fill.Inputs("x", 8, Channels, side, side).Contiguous(MemoryFormat.ChannelsLast).To(type);
        Tensor residual = Fill.Inputs("residual", 8, Channels, side, side).Contiguous(MemoryFormat.ChannelsLast).To(type);
        double loose = type == DType.Float32 ? 1e-5 : 1e-2;

        Tolerance.Close(Float(apart.ForwardRelu(conv.Forward(x), residual)), Float(new ConvNorm(conv, together).ForwardRelu(x, residual)),
            loose);
        foreach (((_, Tensor expected), (_, Tensor actual)) in apart.Buffers().Zip(together.Buffers()))
            Tolerance.Close(Float(expected), Float(actual), 1e-4);

        together.Train(false);
        apart.Train(false);
        Tolerance.Close(Float(apart.Forward(conv.Forward(x))), Float(new ConvNorm(conv, together).Forward(x)), loose);
    }

    /// <summary>Sums of the unrounded numbers once put such a channel several deviations away from where it is, and training ended in
    /// NaN.</summary>
    [Fact]
    public void A_channel_that_hardly_varies_stays_within_its_deviations()
    {
        using Conv2d conv = new(Channels, Channels, 1, bias: false);
        using BatchNorm2d norm = new SplitBatchNorm2d(Channels, 2);
        Tensor x = (Tensor.Ones([4, Channels, 1, 1]) * 100) + (Tensor.RandomNormal([4, Channels, 1, 1]) * 0.3);
        Tensor y = new ConvNorm(conv, norm).Forward(x.To(DType.BFloat16).Contiguous(MemoryFormat.ChannelsLast));
        Assert.All(Float(y).ToArray<float>(), static value => Assert.InRange(value, -1.02f, 1.02f));     // two values a split: ±1 at most
    }

    private static Tensor Float(Tensor tensor) => tensor.To(DType.Float32);
}
