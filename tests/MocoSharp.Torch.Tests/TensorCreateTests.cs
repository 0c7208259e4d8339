namespace MocoSharp.Torch.Tests;

public sealed class TensorCreateTests : TensorTest
{
    public static TheoryData<DType> AllTypes => [.. Enum.GetValues<DType>()];

    [Theory, MemberData(nameof(AllTypes))]
    public void Every_element_type_has_its_size_and_holds_ones(DType type)
    {
        Tensor ones = Tensor.Ones([3, 5], type);
        Assert.Equal(type, ones.DType);
        Assert.Equal(15, ones.To(DType.Float64).Sum().ToDouble());
        Assert.Equal(15 * type.Bytes(), MemoryBytes(ones));
    }

    [Fact]
    public void Factories_give_what_they_say()
    {
        Assert.Equal([0f, 0, 0, 0], Tensor.Zeros([2, 2]).ToArray<float>());
        Assert.Equal([2.5f, 2.5f], Tensor.Full([2], 2.5).ToArray<float>());
        Assert.Equal([0L, 1, 2, 3], Tensor.Arange(4).ToArray<long>());
        Assert.Equal(7.0, Tensor.Scalar(7).ToDouble());
        Assert.Equal(0, Tensor.Scalar(7).Rank);
        Assert.Equal([2L, 0, 3], Tensor.Empty([2, 0, 3]).Shape);
        Assert.Equal(0, Tensor.Empty([2, 0, 3]).ElementCount);
    }

    [Fact]
    public void From_copies_the_values()
    {
        int[] values = [1, 2, 3, 4, 5, 6];
        Tensor tensor = Tensor.From(values, 2, 3);
        values[0] = 100;
        Assert.Equal(DType.Int32, tensor.DType);
        Assert.Equal([2L, 3], tensor.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], tensor.ToArray<int>());
        Assert.Equal([3L], Tensor.From([1.0, 2, 3]).Shape);
    }

    [Fact]
    public void From_refuses_a_shape_of_another_count()
    {
        TorchException error = Assert.Throws<TorchException>(() => Tensor.From([1f, 2, 3], 2, 2));
        Assert.Equal(TorchErrorIds.Shape, error.Id);
        Assert.Equal("3 values do not fill [2, 2] F32", error.Message);
    }

    [Fact]
    public void An_empty_channels_last_tensor_lies_channels_last()
    {
        Tensor tensor = Tensor.Empty([2, 3, 4, 5], format: MemoryFormat.ChannelsLast);
        Assert.Equal([60L, 1, 15, 3], tensor.Strides);
    }

    [Fact]
    public void Bfloat16_keeps_the_upper_half_of_a_single_rounded_to_even()
    {
        Tensor tensor = Tensor.From([1f, 1.00390625f, 1.01171875f, -3.1415927f, float.PositiveInfinity]).To(DType.BFloat16);
        Assert.Equal(2, tensor.DType.Bytes());
        Assert.Equal([0x3F80, 0x3F80, 0x3F82, 0xC049, 0x7F80], tensor.AsSpan<ushort>().ToArray().Select(static bits => (int)bits));
        Assert.Equal([1f, 1f, 1.015625f, -3.140625f, float.PositiveInfinity], tensor.To(DType.Float32).ToArray<float>());
    }

    [Fact]
    public void The_same_seed_draws_the_same_numbers()
    {
        float[] Draw(ulong seed)
        {
            Runtime.Seed(seed);
            return [.. Tensor.RandomNormal([100]).ToArray<float>(), .. Tensor.RandomUniform([100]).ToArray<float>()];
        }
        float[] first = Draw(12345);
        Assert.Equal(first, Draw(12345));
        Assert.NotEqual(first, Draw(12346));
        Assert.NotEqual(Draw(1), Draw(1 + (1UL << 40)));       // all 64 bits count
    }

    [Fact]
    public void Random_numbers_have_their_distributions()
    {
        Tensor normal = Tensor.RandomNormal([200_000]), uniform = Tensor.RandomUniform([200_000]);
        Tolerance.Close(0, normal.Mean().ToDouble(), 0.01);
        Tolerance.Close(1, normal.Variance([0], unbiased: true).ToDouble(), 0.02);
        Tolerance.Close(0.5, uniform.Mean().ToDouble(), 0.005);
        Assert.InRange(uniform.Min().ToDouble(), 0, 0.001);
        Assert.InRange(uniform.Max().ToDouble(), 0.999, 0.9999999999);
    }

    private static long MemoryBytes(Tensor tensor) => tensor.ElementCount * tensor.DType.Bytes();
}
