namespace MocoSharp.Torch.Tests;

public sealed class RuntimeTests : TensorTest
{
    [Fact]
    public void Libtorch_uses_all_cores_by_default() => Assert.Equal(Environment.ProcessorCount, Runtime.Threads);

    [Fact]
    public void OneDNN_is_left_out_only_where_it_is_wrong() =>
        Assert.False(Runtime.LibraryIsHeldBack, "a training warns of it, and 'moco doctor' shows it");

    [Fact]
    public void The_thread_count_can_be_chosen_and_holds_on_every_thread()
    {
        int before = Runtime.Threads;
        try
        {
            int other = -1;
            using AutoResetEvent go = new(false), ready = new(false);
            Thread worker = new(() =>
            {
                _ = Runtime.Threads;          // this thread has met libtorch before the count changes
                ready.Set();
                go.WaitOne();
                other = Runtime.Threads;
            });
            worker.Start();
            ready.WaitOne();
            Runtime.Threads = 1;
            go.Set();
            worker.Join();
            Assert.Equal(1, Runtime.Threads);
            Assert.Equal(1, other);
            Assert.Throws<ArgumentOutOfRangeException>(() => Runtime.Threads = 0);
        }
        finally
        {
            Runtime.Threads = before;
        }
    }

    [Fact]
    public void The_same_thread_count_gives_the_same_bits()
    {
        float[] Product()
        {
            Runtime.Seed(5);
            return Tensor.RandomNormal([64, 300]).MatMul(Tensor.RandomNormal([300, 64])).ToArray<float>();
        }
        Assert.Equal(Product(), Product());
    }

    [Fact]
    public void The_build_is_described()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", Runtime.Version);
        Assert.Contains("PyTorch built with", Runtime.Build, StringComparison.Ordinal);
        Assert.Contains("at::get_num_threads()", Runtime.Threading, StringComparison.Ordinal);
    }
}
