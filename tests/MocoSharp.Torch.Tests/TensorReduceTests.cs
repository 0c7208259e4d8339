namespace MocoSharp.Torch.Tests;

public sealed class TensorReduceTests : TensorTest
{
    private readonly Tensor _x = Tensor.From([1f, 5, 3, 4, 2, 6], 2, 3);

    [Fact]
    public void Sums_and_means_over_all_and_over_dimensions()
    {
        Assert.Equal(21, _x.Sum().ToDouble());
        Assert.Equal([9f, 12], _x.Sum(1).ToArray<float>());
        Assert.Equal([2L, 1], _x.Sum(-1, keepDim: true).Shape);
        Assert.Equal(21, _x.Sum([0, 1]).ToDouble());
        Assert.Equal(3.5, _x.Mean().ToDouble());
        Assert.Equal([2.5f, 3.5f, 4.5f], _x.Mean([0]).ToArray<float>());
    }

    [Fact]
    public void Extremes_and_their_places()
    {
        Assert.Equal(6, _x.Max().ToDouble());
        Assert.Equal(1, _x.Min().ToDouble());
        Assert.Equal([1L, 2], _x.ArgMax(1).ToArray<long>());
        (Tensor values, Tensor indices) = _x.TopK(2);
        Assert.Equal([5f, 3, 6, 4], values.ToArray<float>());
        Assert.Equal([1L, 2, 2, 0], indices.ToArray<long>());
    }

    [Fact]
    public void Variance_divides_by_n_or_by_one_less()
    {
        Tolerance.Close([8 / 3f, 8 / 3f], _x.Variance([1], unbiased: false), 1e-6);
        Tolerance.Close([4f, 4], _x.Variance([1], unbiased: true), 1e-6);
    }

    [Fact]
    public void Norms_are_Euclidean()
    {
        Tolerance.Close(Math.Sqrt(91), _x.Norm().ToDouble(), 1e-5);
        Tolerance.Close([MathF.Sqrt(35), MathF.Sqrt(56)], _x.Norm(1), 1e-6);
        Assert.Equal([2L, 1], _x.Norm(1, keepDim: true).Shape);
    }

    [Fact]
    public void Softmax_sums_to_one_and_shifts_do_not_matter()
    {
        Tolerance.Close([1f, 1], _x.Softmax(1).Sum(1), 1e-6);
        Tolerance.Close(_x.Softmax(1), (_x + 100).Softmax(1), 1e-6);
        Tolerance.Close(_x.LogSoftmax(1), _x - _x.LogSumExp(1, keepDim: true), 1e-6);
        Tolerance.Close(_x.Softmax(1).Log(), _x.LogSoftmax(1), 1e-6);
    }

    [Fact]
    public void The_determinants_logarithm_is_taken_matrix_by_matrix_and_its_gradient_is_the_inverse_transposed()
    {
        Tensor matrices = Tensor.From([2f, 1, 1, 2, 4, 0, 0, 0.5f], 2, 2, 2);
        matrices.RequiresGrad = true;
        Tensor logarithms = matrices.LogDeterminant();
        Tolerance.Close([MathF.Log(3), MathF.Log(2)], logarithms.Detach(), 1e-6);
        logarithms.Sum().Backward();
        Tolerance.Close([2 / 3f, -1 / 3f, -1 / 3f, 2 / 3f, 0.25f, 0, 0, 2], matrices.Grad!, 1e-6);
    }

    [Fact]
    public void All_is_false_at_the_first_zero()
    {
        Assert.Equal(1, Tensor.From([true, true]).All().ToInt64());
        Assert.Equal(0, Tensor.From([true, false]).All().ToInt64());
    }
}
