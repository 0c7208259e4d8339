namespace MocoSharp.Torch.Tests;

public sealed class FunctionalTests : TensorTest
{
    [Fact]
    public void Normalized_rows_have_unit_length_and_zero_rows_stay_zero()
    {
        Tensor x = Tensor.From([3f, 4, 0, 0, -5, 12], 3, 2);
        Tolerance.Close([0.6f, 0.8f, 0, 0, -5 / 13f, 12 / 13f], Functional.Normalize(x), 1e-6);
    }

    // Φ(1) is 0.841345
    [Fact]
    public void Gelu_is_the_exact_one() => Tolerance.Close([0f, 0.841345f, -0.158655f, 1.954500f],
        Functional.Gelu(Tensor.From([0f, 1, -1, 2])), 1e-5);

    [Theory, InlineData(2), InlineData(1000)]
    public void Cross_entropy_of_equal_logits_is_the_log_of_the_class_count(int classes)
    {
        Tensor loss = Functional.CrossEntropy(Tensor.Zeros([5, classes]), Tensor.From([0L, 1, 0, 1, 1]));
        Tolerance.Close(Math.Log(classes), loss.ToDouble(), 1e-5);
    }

    [Fact]
    public void Cross_entropy_s_gradient_is_softmax_minus_one_hot_over_the_batch()
    {
        Tensor logits = Tensor.From([0f, 1, 2, 3, 4, 5], 2, 3);
        logits.RequiresGrad = true;
        Functional.CrossEntropy(logits, Tensor.From([2L, 0])).Backward();
        Tensor expected = (logits.Detach().Softmax(1) - Tensor.From([0f, 0, 1, 1, 0, 0], 2, 3)) / 2;
        Tolerance.Close(expected, logits.Grad!, 1e-6);
    }

    [Fact]
    public void A_convolution_with_a_unit_kernel_is_the_identity()
    {
        Tensor x = Tensor.RandomNormal([2, 1, 5, 6]);
        Tensor kernel = Tensor.Zeros([1, 1, 3, 3]);
        kernel.AsSpan<float>()[4] = 1;
        Tolerance.Close(x, Functional.Conv2d(x, kernel, padding: 1), 1e-6);
        Assert.Equal([2L, 1, 3, 3], Functional.Conv2d(x, kernel, stride: 2, padding: 1).Shape);
    }

    [Fact]
    public void Work_without_a_graph_gives_a_constant_and_frees_its_temporaries()
    {
        Tensor x = Tensor.Ones([3]);
        x.RequiresGrad = true;
        long live = Tensor.Live;
        Tensor y = Functional.NoGrad(() => ((x * 2) + 1) * 3);
        Assert.False(y.RequiresGrad);
        Assert.Equal(live + 1, Tensor.Live);
        Assert.True((x * 2).RequiresGrad);
    }
}
