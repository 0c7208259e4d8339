namespace MocoSharp.Torch.Tests;

/// <summary>Spans and foreign memory: what is copied, and who frees what.</summary>
public sealed unsafe class TensorMemoryTests : TensorTest
{
    [Fact]
    public void AsSpan_is_the_tensor_s_own_memory()
    {
        Tensor tensor = Tensor.Zeros([2, 3]);
        Span<float> span = tensor.AsSpan<float>();
        span[4] = 9;
        fixed (float* start = span) Assert.Equal(tensor.DataPointer, (nint)start);
        Assert.Equal([0f, 0, 0, 0, 9, 0], tensor.ToArray<float>());
    }

    // sizes are powers of two more often than not: a header before the numbers must not cost each of them a huge page
    [Theory, InlineData(2 << 20), InlineData(32 << 20)]
    public void A_tensor_of_a_power_of_two_takes_no_more_than_its_bytes(int bytes)
    {
        Runtime.ReleaseCachedMemory();      // a greater block that another test left would serve too
        long before = Runtime.Memory.InUse;
        Tensor tensor = Tensor.Zeros([bytes / sizeof(float)]);
        Assert.Equal(bytes, Runtime.Memory.InUse - before);
        Assert.Equal(0, tensor.DataPointer % 64);
    }

    [Fact]
    public void AsSpan_of_a_view_begins_where_the_view_begins()
    {
        Tensor row = Tensor.Arange(12, DType.Float32).View(3, 4).Narrow(0, 1, 1);
        Assert.Equal([4f, 5, 6, 7], row.AsSpan<float>().ToArray());
    }

    [Fact]
    public void AsSpan_of_a_channels_last_tensor_is_in_memory_order()
    {
        Tensor tensor = Tensor.Arange(8, DType.Float32).View(1, 2, 2, 2).Contiguous(MemoryFormat.ChannelsLast);
        Assert.Equal([0f, 4, 1, 5, 2, 6, 3, 7], tensor.AsSpan<float>().ToArray());
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 7], tensor.ToArray<float>());
    }

    [Fact]
    public void AsSpan_refuses_gaps_and_other_sizes()
    {
        TorchException gaps = Assert.Throws<TorchException>(() => _ = Tensor.Zeros([4, 4]).T.AsSpan<float>().Length);
        Assert.Equal(TorchErrorIds.Shape, gaps.Id);
        Assert.Contains("[4, 4] F32 with strides [1, 4]", gaps.Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => _ = Tensor.Zeros([4, 4]).AsSpan<double>().Length);
    }

    [Fact]
    public void ToArray_reads_any_layout_and_refuses_another_type()
    {
        Tensor tensor = Tensor.Arange(6, DType.Float32).View(2, 3).T;
        Assert.Equal([0f, 3, 1, 4, 2, 5], tensor.ToArray<float>());
        Assert.Equal("[3, 2] F32 does not hold Int32", Assert.Throws<TorchException>(() => tensor.ToArray<int>()).Message);
    }

    [Fact]
    public void FromMemory_shares_and_releases_once_with_the_last_view()
    {
        float[] memory = GC.AllocateArray<float>(6, pinned: true);
        int released = 0;
        nint address = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]);
        Tensor tensor = Tensor.FromMemory(address, DType.Float32, [2, 3], release: () => released++);
        Tensor view = tensor.Narrow(0, 1, 1);
        memory[5] = 8;
        Assert.Equal(address, tensor.DataPointer);
        Assert.Equal(8, view.Max().ToDouble());
        tensor.Dispose();
        Assert.Equal(0, released);
        view.Dispose();
        Assert.Equal(1, released);
        GC.KeepAlive(memory);
    }

    [Fact]
    public void FromMemory_takes_strides()
    {
        float[] memory = GC.AllocateArray<float>(12, pinned: true);
        for (int i = 0; i < memory.Length; i++) memory[i] = i;
        Tensor everyOther = Tensor.FromMemory((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]), DType.Float32, [3, 2],
            [4, 2]);
        Assert.Equal([0f, 2, 4, 6, 8, 10], everyOther.ToArray<float>());
        GC.KeepAlive(memory);
    }

    [Fact]
    public void FromMemory_that_fails_does_not_release()
    {
        int released = 0;
        Assert.Throws<TorchException>(() => Tensor.FromMemory(0, DType.Float32, [2, 3], [1], release: () => released++));
        Assert.Throws<TorchException>(() => Tensor.FromMemory(0, DType.Float32, [-1], release: () => released++));
        Assert.Equal(0, released);
    }

    [Fact]
    public void SetData_keeps_the_identity_and_changes_the_memory()
    {
        Tensor tensor = Tensor.Zeros([3]), other = Tensor.Ones([2, 2]);
        tensor.SetData(other);
        other.FillInPlace(4);
        Assert.Equal([4f, 4, 4, 4], tensor.ToArray<float>());
    }
}
