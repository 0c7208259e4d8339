using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class BatchNorm2dTests : TensorTest
{
    [Theory, InlineData(DType.Float32, MemoryFormat.Contiguous), InlineData(DType.Float32, MemoryFormat.ChannelsLast),
        InlineData(DType.BFloat16, MemoryFormat.ChannelsLast)]
    public void A_training_batch_comes_out_standardized(DType type, MemoryFormat format)
    {
        using BatchNorm2d norm = new(5);
        Tensor y = norm.Forward(((Tensor.RandomNormal([16, 5, 6, 6]) * 3) + 7).Contiguous(format).To(type));
        Assert.Equal(type, y.DType);
        double loose = type == DType.Float32 ? 1e-4 : 1e-2;
        foreach (float mean in y.To(DType.Float32).Mean([0, 2, 3]).ToArray<float>()) Tolerance.Close(0, mean, loose);
        foreach (float variance in y.To(DType.Float32).Variance([0, 2, 3], unbiased: false).ToArray<float>())
            Tolerance.Close(1, variance, loose);
    }

    [Theory, InlineData(MemoryFormat.Contiguous), InlineData(MemoryFormat.ChannelsLast)]
    public void The_fused_residual_and_rectifier_are_the_separate_ones(MemoryFormat format)
    {
        using BatchNorm2d fused = Fill.Module(new BatchNorm2d(4)), apart = Fill.Module(new BatchNorm2d(4));
        Tensor[] inputs = [.. new[] { "x", "residual", "x", "residual" }.Select(name => Fill.Inputs(name, 6, 4, 5, 5).Contiguous(format))];
        foreach (Tensor input in inputs) input.RequiresGrad = true;
        Tensor cotangent = Fill.Inputs("cotangent", 6, 4, 5, 5);

        Tensor one = fused.ForwardRelu(inputs[0], inputs[1]), two = Functional.Relu(apart.Forward(inputs[2]) + inputs[3]);
        (one * cotangent).Sum().Backward();
        (two * cotangent).Sum().Backward();
        Tolerance.Close(two, one, 1e-5);
        Tolerance.Close(inputs[2].Grad!, inputs[0].Grad!, 1e-5);
        Tolerance.Close(inputs[3].Grad!, inputs[1].Grad!, 1e-5);
        foreach (((_, Tensor expected), (_, Tensor actual)) in apart.Parameters().Zip(fused.Parameters()))
            Tolerance.Close(expected.Grad!, actual.Grad!, 1e-5);
    }

    [Fact]
    public void A_map_without_numbers_is_refused_by_its_shape()
    {
        using BatchNorm2d norm = new(3);
        norm.Train(false);
        Assert.Contains("[0, 3, 4, 4]", Assert.Throws<TorchException>(() => norm.Forward(Tensor.Zeros([0, 3, 4, 4]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_with_an_infinite_number_has_no_variance_that_looks_sound()
    {
        using BatchNorm2d norm = new(2);
        Tensor x = Tensor.RandomNormal([4, 2, 3, 3]);
        x.Narrow(0, 2, 1).Narrow(1, 1, 1).FillInPlace(float.PositiveInfinity);
        float[] y = norm.Forward(x).ToArray<float>();
        for (int i = 0; i < y.Length; i++) Assert.Equal(i / 9 % 2 == 1, float.IsNaN(y[i]));
    }

    [Fact]
    public void Evaluation_uses_and_changes_no_statistics()
    {
        using BatchNorm2d norm = Fill.Module(new BatchNorm2d(3));
        norm.Train(false);
        float[] Statistics() => [.. norm.Buffers().SelectMany(static buffer => buffer.Value.To(DType.Float32).ToArray<float>())];
        float[] before = Statistics();
        Tensor x = Tensor.RandomNormal([4, 3, 2, 2]);
        Tensor whole = norm.Forward(x);
        Tolerance.Close(whole.Narrow(0, 1, 1), norm.Forward(x.Narrow(0, 1, 1)), 1e-6);
        Assert.Equal(before, Statistics());
    }

    [Fact]
    public void Statistics_are_kept_without_a_graph_too()
    {
        using BatchNorm2d norm = new(3);
        Tensor before = norm.Buffers().First().Value.Clone();
        Functional.NoGrad(() => norm.Forward(Tensor.RandomNormal([4, 3, 2, 2]) + 5));
        Assert.False(before.SameAs(norm.Buffers().First().Value));
    }

    [Fact]
    public void Parameters_and_buffers_have_PyTorch_s_names_and_order()
    {
        using BatchNorm2d norm = new(2), bare = new(2, affine: false);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"],
            norm.State().Select(static item => item.Name));
        Assert.Equal(["running_mean", "running_var", "num_batches_tracked"], bare.State().Select(static item => item.Name));
        Assert.Throws<InvalidOperationException>(() => bare.Weight);
    }

    [Fact]
    public void A_single_value_a_channel_cannot_be_trained_on()
    {
        using BatchNorm1d norm = new(3);
        Assert.Throws<TorchException>(() => norm.Forward(Tensor.Zeros([1, 3])));
    }
}
