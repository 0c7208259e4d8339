namespace MocoSharp.Torch.Tests;

public sealed class AutogradTests : TensorTest
{
    [Fact]
    public void Backward_gives_the_derivative()
    {
        Tensor x = Leaf(1, 2, 3);
        (x * x * x).Sum().Backward();                  // 3x²
        Assert.Equal([3f, 12, 27], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Gradients_add_up_until_they_are_cleared()
    {
        Tensor x = Leaf(1, 2);
        Assert.Null(x.Grad);
        (x * 2).Sum().Backward();
        (x * 3).Sum().Backward();
        Assert.Equal([5f, 5], x.Grad!.ToArray<float>());
        x.Grad = null;
        Assert.Null(x.Grad);
        x.Grad = Tensor.From([1f, 1]);
        (x * 2).Sum().Backward();
        Assert.Equal([3f, 3], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_given_gradient_starts_the_backward_pass_of_a_vector()
    {
        Tensor x = Leaf(1, 2);
        (x * 2).Backward(Tensor.From([1f, 10]));
        Assert.Equal([2f, 20], x.Grad!.ToArray<float>());
        Assert.Throws<TorchException>(() => (x * 2).Backward());
    }

    [Fact]
    public void Without_a_graph_there_is_no_backward_pass()
    {
        Tensor x = Leaf(1, 2), y;
        using (GradMode.Off())
        {
            y = (x * 2).Sum();
            using (GradMode.On()) Assert.True((x * 2).RequiresGrad);
            Assert.False((x * 2).RequiresGrad);
        }
        Assert.False(y.RequiresGrad);
        Assert.True((x * 2).RequiresGrad);
        TorchException error = Assert.Throws<TorchException>(() => y.Backward());
        Assert.Equal(TorchErrorIds.NativeCall, error.Id);
        Assert.StartsWith("the backward pass of [] F32 failed: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_serves_one_backward_pass()
    {
        Tensor x = Leaf(1, 2), y = (x * x).Sum();
        y.Backward();
        Assert.Throws<TorchException>(() => y.Backward());
    }

    [Fact]
    public void Detached_values_pass_no_gradient()
    {
        Tensor x = Leaf(3);
        (x * x.Detach()).Sum().Backward();
        Assert.Equal([3f], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Gradients_flow_through_bfloat16_back_to_single()
    {
        Tensor x = Leaf(1, 2);
        (x.To(DType.BFloat16) * 2).To(DType.Float32).Sum().Backward();
        Assert.Equal(DType.Float32, x.Grad!.DType);
        Assert.Equal([2f, 2], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Grad_mode_belongs_to_the_thread()
    {
        using GradMode off = GradMode.Off();
        bool elsewhere = false;
        Thread worker = new(() =>
        {
            using TensorScope scope = TensorScope.Begin();
            elsewhere = (Leaf(1) * 2).RequiresGrad;
        });
        worker.Start();
        worker.Join();
        Assert.True(elsewhere);
    }

    internal static Tensor Leaf(params float[] values)
    {
        Tensor tensor = Tensor.From(values);
        tensor.RequiresGrad = true;
        return tensor;
    }
}
