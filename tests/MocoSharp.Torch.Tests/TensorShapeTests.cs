namespace MocoSharp.Torch.Tests;

public sealed class TensorShapeTests : TensorTest
{
    private readonly Tensor _x = Tensor.Arange(24, DType.Float32).View(2, 3, 4);

    [Fact]
    public void Views_share_memory()
    {
        nint memory = _x.DataPointer;
        Assert.Equal(memory, _x.View(6, 4).DataPointer);
        Assert.Equal(memory, _x.Permute(2, 0, 1).DataPointer);
        Assert.Equal(memory, _x.Transpose(0, 1).DataPointer);
        Assert.Equal(memory, _x.Unsqueeze(1).DataPointer);
        Assert.Equal(memory, _x.Flatten(1).DataPointer);
        Assert.Equal(memory + 12 * sizeof(float), _x.Narrow(0, 1, 1).DataPointer);
        Assert.Equal(memory, _x.Narrow(1, 0, 1).Expand(2, 5, 4).DataPointer);
        _x.Narrow(0, 1, 1).FillInPlace(0);
        Assert.Equal(66, _x.Sum().ToDouble());
    }

    [Fact]
    public void Shapes_are_what_they_should_be()
    {
        Assert.Equal([4L, 2, 3], _x.Permute(2, 0, 1).Shape);
        Assert.Equal([2L, 4, 3], _x.T.Shape);
        Assert.Equal([2L, 12], _x.Flatten(1).Shape);
        Assert.Equal([2L, 12], _x.View(2, -1).Shape);
        Assert.Equal([2L, 1, 3, 4], _x.Unsqueeze(1).Shape);
        Assert.Equal([3L, 4], _x.Narrow(0, 0, 1).Squeeze(0).Shape);
        Assert.Equal([4L, 3, 8], _x.Repeat(2, 1, 2).Shape);
        Assert.Equal(4, _x.Size(-1));
        Assert.Equal(2, _x.Size(0));
    }

    [Fact]
    public void Size_refuses_a_dimension_that_is_not_there()
    {
        Assert.Equal("dimension 3 was asked of a tensor of rank 3", Assert.Throws<TorchException>(() => _x.Size(3)).Message);
        Assert.Throws<TorchException>(() => _x.Size(-4));
    }

    [Fact]
    public void Contiguity_is_told_truly()
    {
        Assert.True(_x.IsContiguous);
        Assert.False(_x.T.IsContiguous);
        Assert.True(_x.T.Contiguous().IsContiguous);
        Assert.True(_x.Narrow(0, 1, 1).IsContiguous);
        Assert.False(_x.Narrow(1, 1, 1).IsContiguous);
        Assert.True(Tensor.Empty([5, 1]).T.IsContiguous);          // a dimension of size 1 has no order
    }

    [Fact]
    public void Channels_last_changes_strides_and_no_value()
    {
        Tensor x = Tensor.RandomNormal([2, 3, 4, 5]);
        Tensor last = x.Contiguous(MemoryFormat.ChannelsLast);
        Assert.Equal([60L, 1, 15, 3], last.Strides);
        Assert.True(x.SameAs(last));
        Assert.True(x.SameAs(last.Contiguous()));
        Assert.Equal([60L, 20, 5, 1], last.Contiguous().Strides);
    }

    [Fact]
    public void Cat_stack_and_chunk_are_inverse()
    {
        Tensor[] parts = _x.Chunk(2);
        Assert.Equal(2, parts.Length);
        Assert.Equal([1L, 3, 4], parts[0].Shape);
        Assert.True(Tensor.Cat(parts).SameAs(_x));
        Assert.True(Tensor.Stack([parts[0].Squeeze(0), parts[1].Squeeze(0)]).SameAs(_x));
        Assert.Equal([2L, 1], new[] { _x.Chunk(2, dim: 1)[0].Size(1), _x.Chunk(2, dim: 1)[1].Size(1) });
    }

    [Fact]
    public void Rows_are_selected_gathered_and_written_by_index()
    {
        Tensor rows = Tensor.Arange(6, DType.Float32).View(3, 2), index = Tensor.From([2L, 0]);
        Assert.Equal([4f, 5, 0, 1], rows.IndexSelect(0, index).ToArray<float>());
        Assert.Equal([1f, 2, 5], rows.Gather(1, Tensor.From([1L, 0, 1], 3, 1)).ToArray<float>());
        rows.IndexCopyInPlace(0, index, Tensor.From([10f, 11, 12, 13], 2, 2));
        Assert.Equal([12f, 13, 2, 3, 10, 11], rows.ToArray<float>());
        Assert.Equal([10f, 11, 2, 3, 12, 13], rows.Flip(0).ToArray<float>());
    }

    [Fact]
    public void Conversions_that_change_nothing_give_the_tensor_itself()
    {
        Assert.Same(_x, _x.To(DType.Float32));
        Assert.Same(_x, _x.To(Device.Cpu));
        Assert.NotEqual(_x.DataPointer, _x.Clone().DataPointer);
        Assert.Equal(_x.DataPointer, _x.Detach().DataPointer);
    }
}
