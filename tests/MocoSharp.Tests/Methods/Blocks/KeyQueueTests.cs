using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class KeyQueueTests : TensorTest
{
    [Fact]
    public void It_starts_as_unit_rows_and_is_empty_of_real_keys()
    {
        using KeyQueue queue = new(16, 8);
        Assert.All(queue.Keys.Norm(dim: 1).ToArray<float>(), static length => Assert.Equal(1f, length, tolerance: 1e-5f));
        Assert.Equal(0, queue.Fill);
    }

    // lengths that the batch does not divide: nothing is dropped and nothing is out of order
    [Theory, InlineData(8, 4), InlineData(10, 4), InlineData(7, 3), InlineData(5, 5), InlineData(3, 8), InlineData(1, 2)]
    public void It_holds_the_newest_keys_whatever_the_batch(int length, int batch)
    {
        using KeyQueue queue = new(length, 1);
        for (int push = 0; push < 6; push++)
        {
            float[] values = [.. Enumerable.Range(push * batch, batch).Select(static i => (float)i)];
            queue.Push(Tensor.From(values, batch, 1));
        }
        float[] newest = [.. Enumerable.Range(6 * batch - length, length).Select(static i => (float)i)];
        Assert.Equal(newest, queue.Keys.ToArray<float>().Order());
        Assert.Equal(1, queue.Fill);
    }

    [Fact]
    public void The_oldest_keys_leave_first()
    {
        using KeyQueue queue = new(4, 1);
        queue.Push(Tensor.From([1f, 2f, 3f], 3, 1));
        queue.Push(Tensor.From([4f, 5f], 2, 1));
        Assert.Equal([5f, 2f, 3f, 4f], queue.Keys.ToArray<float>());
    }

    [Fact]
    public void Its_position_is_saved_so_that_resuming_goes_on_where_it_stopped()
    {
        using KeyQueue queue = new(4, 1), resumed = new(4, 1);
        queue.Push(Tensor.From([1f, 2f, 3f], 3, 1));
        resumed.Load(queue.State().ToDictionary(static s => s.Name, static s => s.Value));
        foreach (KeyQueue each in new[] { queue, resumed }) each.Push(Tensor.From([4f, 5f], 2, 1));
        Assert.True(queue.Keys.SameAs(resumed.Keys));
        Assert.Equal(queue.Fill, resumed.Fill);
    }
}
