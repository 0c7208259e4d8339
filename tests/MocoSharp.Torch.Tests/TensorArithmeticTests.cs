namespace MocoSharp.Torch.Tests;

public sealed class TensorArithmeticTests : TensorTest
{
    private readonly Tensor _a = Tensor.From([1f, 2, 3, 4], 2, 2), _b = Tensor.From([10f, 20, 30, 40], 2, 2);

    [Fact]
    public void Operators_work_element_by_element()
    {
        Holds([11, 22, 33, 44], _a + _b);
        Holds([9, 18, 27, 36], _b - _a);
        Holds([10, 40, 90, 160], _a * _b);
        Holds([10, 10, 10, 10], _b / _a);
        Holds([-1, -2, -3, -4], -_a);
    }

    [Fact]
    public void Numbers_stand_on_either_side()
    {
        Holds([1.5f, 2.5f, 3.5f, 4.5f], _a + 0.5);
        Holds([0.5f, 1.5f, 2.5f, 3.5f], _a - 0.5);
        Holds([4, 3, 2, 1], 5 - _a);
        Holds([2, 4, 6, 8], _a * 2);
        Holds([2, 4, 6, 8], 2 * _a);
        Holds([0.5f, 1, 1.5f, 2], _a / 2);
    }

    [Fact]
    public void Whole_numbers_stay_whole_numbers()
    {
        Tensor index = Tensor.Arange(3);
        Assert.Equal([1L, 3, 5], ((index * 2) + 1).ToArray<long>());
        Assert.Equal([4L, 2, 0], (2 * (2 - index)).ToArray<long>());
        Assert.Equal([-1L, 0, 1], (index - 1).ToArray<long>());
        Assert.Equal(DType.Float32, (index / 2).DType);
        Assert.Equal(DType.Float32, (index * 0.5).DType);
    }

    [Fact]
    public void Squares_of_sine_and_cosine_sum_to_1()
    {
        Holds([1, 1, 1, 1], _a.Sin() * _a.Sin() + _a.Cos() * _a.Cos());
        Assert.Equal(Math.Cos(3), _a.Cos().ToArray<float>()[2], tolerance: 1e-6);
    }

    [Fact]
    public void Rows_and_columns_broadcast()
    {
        Holds([2, 4, 4, 6], _a + Tensor.From([1f, 2]));
        Holds([2, 3, 5, 6], _a + Tensor.From([1f, 2], 2, 1));
    }

    [Fact]
    public void Matrix_products_transpose_in_reverse()
    {
        Tensor left = Tensor.RandomNormal([3, 4], DType.Float64), right = Tensor.RandomNormal([4, 5], DType.Float64);
        Holds([50, 110, 110, 250], _a.MatMul(Tensor.From([10f, 30, 20, 40], 2, 2)));
        Tolerance.Close(left.MatMul(right).T.Contiguous(), right.T.MatMul(left.T), 1e-6);
        Assert.Equal([3L], left.MatMul(Tensor.Ones([4], DType.Float64)).Shape);
    }

    [Fact]
    public void Functions_undo_each_other()
    {
        Tensor x = Tensor.RandomUniform([50], DType.Float64) + 0.5;
        Tolerance.Close(x, x.Log().Exp(), 1e-6);
        Tolerance.Close(x, x.Sqrt().Pow(2), 1e-6);
        Tolerance.Close(x, x.ReciprocalSqrt().Pow(-2), 1e-6);
        Tolerance.Close(x, (-x).Abs(), 0);
    }

    [Fact]
    public void Clamp_takes_either_bound()
    {
        Holds([2, 2, 3, 3], _a.Clamp(2, 3));
        Holds([2, 2, 3, 4], _a.Clamp(low: 2));
        Holds([1, 2, 2, 2], _a.Clamp(high: 2));
    }

    [Fact]
    public void In_place_operators_change_the_tensor_and_return_it()
    {
        Tensor x = _a.Clone();
        nint memory = x.DataPointer;
        Assert.Same(x, x.AddInPlace(_b, 0.1));
        Holds([2, 4, 6, 8], x);
        Holds([4, 8, 12, 16], x.MulInPlace(2));
        Holds([5, 9, 13, 17], x.AddInPlace(1));
        Holds([10, 14, 18, 22], x.AddQuotientInPlace(_b, _a, 0.5));
        Holds([15, 34, 63, 102], x.AddProductInPlace(_a, _b, 0.5));
        Holds([12.5f, 27, 46.5f, 71], x.LerpInPlace(_b, 0.5));
        Holds([1, 2, 3, 4], x.CopyFrom(_a));
        Holds([7, 7, 7, 7], x.FillInPlace(7));
        Holds([0, 0, 0, 0], x.ZeroInPlace());
        Assert.Equal(memory, x.DataPointer);
    }

    [Fact]
    public void CopyFrom_converts_type_and_layout()
    {
        Tensor target = Tensor.Empty([1, 2, 2, 2], DType.Float64, format: MemoryFormat.ChannelsLast);
        target.CopyFrom(Tensor.Arange(8).View(1, 2, 2, 2));
        Assert.Equal([0.0, 1, 2, 3, 4, 5, 6, 7], target.ToArray<double>());
        Assert.Equal([8L, 1, 4, 2], target.Strides);
    }

    [Fact]
    public void Comparisons_see_values_and_shapes()
    {
        Assert.Equal([true, false], Tensor.From([1f, 2]).EqualTo(Tensor.From([1f, 3])).ToArray<bool>());
        Assert.True(_a.SameAs(_a.Clone()));
        Assert.False(_a.SameAs(_b));
        Assert.False(_a.SameAs(_a.View(4)));
    }

    [Fact]
    public void One_infinite_or_undefined_element_is_noticed()
    {
        Assert.True(_a.IsFinite());
        Assert.False((_a / Tensor.From([1f, 0, 1, 1], 2, 2)).IsFinite());
        Assert.False((_a * double.NaN).IsFinite());
    }

    [Fact]
    public void Reading_a_number_leaves_no_tensor_behind()
    {
        Tensor x = Tensor.Scalar(3).DetachFromScope();
        long live = Tensor.Live;
        Assert.Equal(3, x.ToDouble());
        Assert.Equal(3f, x.ToSingle());
        Assert.Equal(3, x.ToInt64());
        Assert.True(x.IsFinite());
        Assert.Equal(live, Tensor.Live);
        x.Dispose();
    }

    [Fact]
    public void Whole_numbers_are_read_exactly()
    {
        Assert.Equal((1L << 53) + 1, Tensor.From([(1L << 53) + 1]).ToInt64());
        Assert.Equal(1, Tensor.From([true]).ToInt64());
    }

    [Fact]
    public void A_number_is_only_read_from_a_single_element() =>
        Assert.Contains("aten::item", Assert.Throws<TorchException>(() => _a.ToDouble()).Message, StringComparison.Ordinal);

    private static void Holds(float[] expected, Tensor actual) => Tolerance.Close(expected, actual, 1e-6);
}
