using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests;

public sealed class TorchExceptionTests : TensorTest
{
    [Fact]
    public void A_refused_operator_names_itself_its_reason_and_the_shapes()
    {
        TorchException error = Assert.Throws<TorchException>(() => Functional.Linear(Tensor.Zeros([2, 3]), Tensor.Zeros([5, 4]), null));
        Assert.Equal(TorchErrorIds.Operator, error.Id);
        Assert.StartsWith("aten::linear refused its arguments: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("arguments: [2, 3] F32, [5, 4] F32", error.Message, StringComparison.Ordinal);
        Assert.Null(error.At);
    }

    [Fact]
    public void Tensors_of_a_list_are_named_too() =>
        Assert.EndsWith("arguments: ([2, 3] F32; [4] I64)", Assert.Throws<TorchException>(
            () => Tensor.Cat([Tensor.Zeros([2, 3]), Tensor.Zeros([4], DType.Int64)])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_layer_s_error_tells_its_path_from_the_root()
    {
        using Sequential stage = new() { { "conv1", new Conv2d(3, 4, 3) }, { "relu", new Relu() }, { "conv2", new Conv2d(8, 4, 3) } };
        using Sequential network = new() { { "stem", new Identity() }, { "layer1", stage } };
        TorchException error = Assert.Throws<TorchException>(() => network.Forward(Tensor.Zeros([1, 3, 9, 9])));
        Assert.Equal("layer1.conv2", error.At);
    }

    [Fact]
    public void The_path_is_told_through_scopes_and_functions()
    {
        using Sequential network = new() { { "bn", new BatchNorm2d(3) } };
        TorchException error = Assert.Throws<TorchException>(() => Functional.NoGrad(() => network.Forward(Tensor.Zeros([1, 4, 9, 9]))));
        Assert.Equal("bn", error.At);
    }

    [Fact]
    public void A_layer_without_a_name_adds_nothing_to_the_place()
    {
        using BatchNorm2d norm = new(3);
        Assert.Null(Assert.Throws<TorchException>(() => norm.ForwardRelu(Tensor.Zeros([1, 4, 9, 9]))).At);
        Assert.Null(Assert.Throws<TorchException>(() => norm.Forward(Tensor.Zeros([1, 4, 9, 9]))).At);
    }

    [Fact]
    public void A_freed_tensor_cannot_be_used()
    {
        Tensor x = Tensor.Ones([2]);
        x.Dispose();
        x.Dispose();
        TorchException use = Assert.Throws<TorchException>(() => x + x);
        Assert.Equal(TorchErrorIds.Disposed, use.Id);
        Assert.StartsWith("aten::add.Tensor was given a freed tensor", use.Message, StringComparison.Ordinal);
        Assert.Contains("TensorScope.Keep", use.Fix, StringComparison.Ordinal);
        Assert.Equal(TorchErrorIds.Disposed, Assert.Throws<TorchException>(() => x.Shape).Id);
        Assert.Equal("a freed tensor", x.ToString());
    }

    [Fact]
    public void A_failed_call_leaves_no_tensor_behind()
    {
        long live = Tensor.Live;
        using (TensorScope.Begin())
            for (int i = 0; i < 10; i++) Assert.Throws<TorchException>(() => Tensor.Zeros([2, 3]).MatMul(Tensor.Zeros([2, 3])));
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void Shapes_and_types_read_well() =>
        Assert.Equal("[256, 3, 32, 32] BF16", Tensor.Empty([256, 3, 32, 32], DType.BFloat16).ToString());
}
