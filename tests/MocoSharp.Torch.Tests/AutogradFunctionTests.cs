namespace MocoSharp.Torch.Tests;

public sealed class AutogradFunctionTests : TensorTest
{
    [Fact]
    public void The_gradient_is_what_the_function_says()
    {
        Tensor x = AutogradTests.Leaf(1, 2, 3);
        (Square(x) * Tensor.From([1f, 10, 100])).Sum().Backward();
        Assert.Equal([2f, 40, 600], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Functions_and_operators_mix_in_one_graph()
    {
        Tensor x = AutogradTests.Leaf(2);
        Square(Square(x * 3) + x).Sum().Backward();    // f = (9x² + x)², f' = 2(9x² + x)(18x + 1)
        Assert.Equal(2 * 38 * 37, x.Grad!.ToDouble());
    }

    [Fact]
    public void Several_inputs_and_outputs_keep_their_places()
    {
        Tensor a = AutogradTests.Leaf(2), b = AutogradTests.Leaf(5), constant = Tensor.From([1f]);
        Tensor[] outputs = AutogradFunction.Apply(
            [a, constant, b],
            () => [a + b, a * b],
            static (grads, saved) => [Sum(grads[0], Times(grads[1], saved[1])), null, Sum(grads[0], Times(grads[1], saved[0]))],
            _ => [a, b]);
        (outputs[0] * 10 + outputs[1]).Sum().Backward();
        Assert.Equal(15, a.Grad!.ToDouble());
        Assert.Equal(12, b.Grad!.ToDouble());
        Assert.Null(constant.Grad);
    }

    [Fact]
    public void An_output_that_nobody_used_brings_no_gradient()
    {
        Tensor x = AutogradTests.Leaf(2);
        bool? absent = null;
        Tensor[] outputs = AutogradFunction.Apply([x], () => [x * 2, x * 3], (grads, _) =>
        {
            absent = grads[1] is null;
            return [grads[0]! * 2];
        });
        outputs[0].Sum().Backward();
        Assert.True(absent);
        Assert.Equal(2, x.Grad!.ToDouble());
    }

    [Fact]
    public void Outputs_of_whole_numbers_are_constants()
    {
        Tensor x = AutogradTests.Leaf(2, 7);
        Tensor[] outputs = AutogradFunction.Apply([x], () => [x * 2, x.ArgMax(0)], static (grads, _) => [grads[0]! * 2]);
        Assert.True(outputs[0].RequiresGrad);
        Assert.False(outputs[1].RequiresGrad);
        outputs[0].Sum().Backward();
        Assert.Equal([2f, 2], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Without_a_graph_the_outputs_are_constants_and_nothing_is_saved()
    {
        Tensor x = AutogradTests.Leaf(1), plain = Tensor.From([2f]);
        long live = Tensor.Live;
        Assert.False(Square(plain).RequiresGrad);
        using (GradMode.Off()) Assert.False(Square(x).RequiresGrad);
        Assert.Equal(live + 2, Tensor.Live);
    }

    [Fact]
    public void Tensors_made_in_the_backward_callback_die_there()
    {
        Tensor x = AutogradTests.Leaf(3);
        Tensor y = AutogradFunction.Apply([x], () => [x * 1], static (grads, _) => [((grads[0]! + 1) * 2 - 2) / 2])[0].Sum();
        long live = Tensor.Live;
        y.Backward();
        Assert.Equal(live, Tensor.Live);
        Assert.Equal(1, x.Grad!.ToDouble());
    }

    [Fact]
    public void What_was_saved_is_freed_by_the_backward_pass()
    {
        Tensor x = AutogradTests.Leaf(3), y = Square(x).Sum();
        long live = Tensor.Live;
        y.Backward();
        Assert.Equal(live - 1, Tensor.Live);
        TorchException again = Assert.Throws<TorchException>(() => y.Backward());
        Assert.StartsWith("the backward pass of [] F32 failed: ", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_saved_is_freed_when_the_graph_is_dropped()
    {
        Tensor x = AutogradTests.Leaf(3);
        long live = Tensor.Live;
        using (TensorScope.Begin())
        {
            _ = Square(x).Sum();
            Assert.Equal(live + 3, Tensor.Live);       // square, sum, and x as it was saved
        }
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void An_exception_in_the_callback_comes_out_of_Backward_with_its_cause()
    {
        Tensor x = AutogradTests.Leaf(3);
        Tensor y = AutogradFunction.Apply([x], () => [x * 1], static (_, _) => throw new InvalidOperationException("no slope here"))[0];
        TorchException error = Assert.Throws<TorchException>(() => y.Sum().Backward());
        Assert.Contains("InvalidOperationException: no slope here", error.Message, StringComparison.Ordinal);
        Assert.Equal("no slope here", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
        Assert.Null(x.Grad);
        Square(x).Sum().Backward();                    // the engine is still usable
        Assert.Equal(6, x.Grad!.ToDouble());
    }

    [Fact]
    public void A_wrong_number_of_gradients_is_an_error()
    {
        Tensor x = AutogradTests.Leaf(3);
        Tensor y = AutogradFunction.Apply([x], () => [x * 1], static (grads, _) => [grads[0], grads[0]])[0];
        Assert.Contains("gave 2 gradients for 1 inputs", Assert.Throws<TorchException>(() => y.Sum().Backward()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_of_another_shape_is_an_error()
    {
        Tensor x = AutogradTests.Leaf(3, 4);
        Tensor y = AutogradFunction.Apply([x], () => [x * 1], static (_, _) => [Tensor.Ones([5])])[0];
        Assert.Throws<TorchException>(() => y.Sum().Backward());
    }

    [Fact]
    public void A_failing_forward_leaves_nothing()
    {
        Tensor x = AutogradTests.Leaf(3);
        long live = Tensor.Live;
        Assert.Throws<TorchException>(() => AutogradFunction.Apply([x], () => [(x * 2).View(7)], static (grads, _) => grads));
        Assert.Equal(live, Tensor.Live);
        Assert.True((x * 2).RequiresGrad);             // the graph is on again
    }

    private static Tensor Square(Tensor x) =>
        AutogradFunction.Apply([x], () => [x * x], static (grads, saved) => [grads[0]! * saved[0] * 2], _ => [x])[0];

    private static Tensor? Sum(Tensor? left, Tensor? right) => left is null ? right : right is null ? left : left + right;

    private static Tensor? Times(Tensor? left, Tensor right) => left is null ? null : left * right;
}
