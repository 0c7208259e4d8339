using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class ConvNorm2dTests : TensorTest
{
    [Fact]
    public void Every_output_channel_has_a_kernel_of_length_one()
    {
        using ConvNorm2d layer = Fill.Module(new ConvNorm2d(6, 8, 3, groups: 2));
        Tensor lengths = layer.UnitWeight().Flatten(1).Norm(1);
        Assert.Equal(8, lengths.Size(0));
        Assert.All(lengths.ToArray<float>(), static length => Assert.Equal(1, length, tolerance: 1e-5f));
    }

    [Fact]
    public void Longer_weights_give_the_same_map()
    {
        using ConvNorm2d layer = Fill.Module(new ConvNorm2d(3, 4, 3));
        Tensor x = Fill.Inputs("x", 2, 3, 5, 5), before = layer.Forward(x).Detach();
        using (GradMode.Off()) layer.Weight.MulInPlace(7);
        Tolerance.Close(before, layer.Forward(x), relative: 1e-5);
    }

    // moving a weight along itself changes nothing, so the gradient has no part in that direction
    [Fact]
    public void The_gradient_of_a_kernel_is_orthogonal_to_it()
    {
        using ConvNorm2d layer = Fill.Module(new ConvNorm2d(3, 4, 3));
        Tensor map = layer.Forward(Fill.Inputs("x", 2, 3, 5, 5));
        (map * Fill.Inputs("direction", map.Shape)).Sum().Backward();
        Tensor along = (layer.Weight.Detach() * layer.Weight.Grad!).Flatten(1).Sum(1);
        double scale = layer.Weight.Grad!.Norm().ToDouble();
        Assert.True(scale > 0.1);
        Assert.All(along.ToArray<float>(), part => Assert.True(Math.Abs(part) < 1e-4 * scale));
    }

    [Fact]
    public void A_group_does_not_see_the_channels_of_another()
    {
        using ConvNorm2d layer = Fill.Module(new ConvNorm2d(4, 4, 3, groups: 2));
        Tensor x = Fill.Inputs("x", 1, 4, 5, 5), before = layer.Forward(x).Detach().Clone();
        x.Narrow(1, 2, 2).AddInPlace(1);
        Tensor after = layer.Forward(x).Detach();
        Assert.True(before.Narrow(1, 0, 2).SameAs(after.Narrow(1, 0, 2)));
        Assert.False(before.Narrow(1, 2, 2).SameAs(after.Narrow(1, 2, 2)));
    }

    [Theory, InlineData(1, 8, 8), InlineData(1, 7, 7), InlineData(2, 8, 4), InlineData(2, 7, 4), InlineData(2, 1, 1)]
    public void The_map_has_the_pictures_side_by_the_stride_rounded_up(int stride, int side, int expected)
    {
        using ConvNorm2d layer = new(2, 2, 3, stride);
        Assert.Equal([1, 2, expected, expected], layer.Forward(Fill.Inputs("x", 1, 2, side, side)).Shape);
    }

    [Fact]
    public void The_border_mirrors_the_picture_and_repeats_its_edge()
    {
        Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3);
        float[] rows = SymmetricPadding.Around(x, 2).Narrow(2, 2, 1).ToArray<float>(),
            columns = SymmetricPadding.Around(x, 2).Narrow(3, 2, 1).ToArray<float>();
        Assert.Equal([2, 1, 1, 2, 3, 3, 2], rows);
        Assert.Equal([4, 1, 1, 4, 7, 7, 4], columns);
        Assert.Throws<TorchException>(() => SymmetricPadding.Around(x, 4));
    }

    [Theory, InlineData(1, 5, 4, MemoryFormat.ChannelsLast), InlineData(2, 5, 4, MemoryFormat.Contiguous),
        InlineData(3, 3, 7, MemoryFormat.ChannelsLast), InlineData(1, 1, 1, MemoryFormat.Contiguous)]
    public void The_border_and_its_gradient_are_those_of_slices_put_together(int border, int height, int width, MemoryFormat format)
    {
        Tensor x = Fill.Inputs("x", 2, 3, height, width).To(DType.Float64).Contiguous(format),
            weights = Fill.Inputs("g", 2, 3, height + 2 * border, width + 2 * border).To(DType.Float64);
        Tensor[] ours = Run(static (x, border) => SymmetricPadding.Around(x, border)),
            sliced = Run(static (x, border) => Along(Along(x, 2, border), 3, border));
        Tolerance.Close(sliced[0], ours[0], 0);
        Tolerance.Close(sliced[1], ours[1], 1e-12);

        Tensor[] Run(Func<Tensor, int, Tensor> pad)
        {
            Tensor leaf = x.Clone();
            leaf.RequiresGrad = true;
            Tensor padded = pad(leaf, border);
            (padded * weights).Sum().Backward();
            return [padded.Detach(), leaf.Grad!];
        }

        static Tensor Along(Tensor x, int dim, int border) =>
            Tensor.Cat([x.Narrow(dim, 0, border).Flip(dim), x, x.Narrow(dim, x.Size(dim) - border, border).Flip(dim)], dim);
    }

    [Fact]
    public void It_computes_in_bf16_and_keeps_its_weights_gradient_in_fp32()
    {
        using ConvNorm2d layer = Fill.Module(new ConvNorm2d(16, 16, 3));
        Tensor x = Fill.Inputs("x", 2, 16, 8, 8).Contiguous(MemoryFormat.ChannelsLast), exact = layer.Forward(x).Detach();
        Tensor map = layer.Forward(x.To(DType.BFloat16));
        Assert.Equal(DType.BFloat16, map.DType);
        Tolerance.Close(exact, map, relative: 0.02);
        map.To(DType.Float32).Sum().Backward();
        Assert.Equal(DType.Float32, layer.Weight.Grad!.DType);
    }
}
