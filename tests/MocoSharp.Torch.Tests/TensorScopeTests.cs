namespace MocoSharp.Torch.Tests;

public sealed class TensorScopeTests : TensorTest
{
    [Fact]
    public void Everything_made_in_a_scope_dies_with_it()
    {
        long live = Tensor.Live;
        Tensor inside;
        using (TensorScope.Begin())
        {
            inside = Tensor.Ones([2]);
            _ = (inside + inside) * 2;
            Assert.Equal(live + 3, Tensor.Live);
        }
        Assert.Equal(live, Tensor.Live);
        Assert.Throws<TorchException>(() => inside.Shape);
    }

    [Fact]
    public void Scopes_nest()
    {
        long live = Tensor.Live;
        using (TensorScope.Begin())
        {
            Tensor outer = Tensor.Ones([2]);
            using (TensorScope.Begin()) _ = outer + 1;
            Assert.Equal(live + 1, Tensor.Live);
            Assert.Equal(2, outer.Sum().ToDouble());
        }
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void Keep_hands_one_survivor_to_the_enclosing_scope()
    {
        long live = Tensor.Live;
        using (TensorScope.Begin())
        {
            Tensor kept = TensorScope.Keep(() => (Tensor.Ones([3]) + 1) * 2);
            Assert.Equal(live + 1, Tensor.Live);
            Assert.Equal([4f, 4, 4], kept.ToArray<float>());
        }
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void Keep_takes_results_of_several_tensors()
    {
        long live = Tensor.Live;
        (Tensor a, Tensor b) = TensorScope.Keep(static () => (Tensor.Ones([1]) + 1, Tensor.Ones([1]) + 2),
            static pair => [pair.Item1, pair.Item2]);
        Assert.Equal(live + 2, Tensor.Live);
        Assert.Equal(5, (a + b).ToDouble());
    }

    [Fact]
    public void Keep_passes_on_a_tensor_that_was_there_before()
    {
        Tensor before = Tensor.Ones([1]);
        Assert.Same(before, TensorScope.Keep(() => before));
        Assert.Equal(1, before.ToDouble());
    }

    [Fact]
    public void Keep_frees_all_when_the_work_throws()
    {
        long live = Tensor.Live;
        Assert.Throws<InvalidOperationException>(() =>
            TensorScope.Keep(static () => throw new InvalidOperationException($"{Tensor.Ones([1])}")));
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void An_owned_tensor_outlives_its_scope()
    {
        Tensor owned;
        using (TensorScope.Begin()) owned = Tensor.Ones([2]).DetachFromScope();
        Assert.Equal(2, owned.Sum().ToDouble());
        owned.Dispose();
    }

    [Fact]
    public void A_tensor_freed_early_is_not_freed_again()
    {
        long live = Tensor.Live;
        using (TensorScope.Begin()) Tensor.Ones([2]).Dispose();
        Assert.Equal(live, Tensor.Live);
    }

    [Fact]
    public void Without_a_graph_a_step_keeps_only_what_it_gives_and_frees_what_it_was_given_at_the_last_use()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([2]);
        long before = Tensor.Live;
        using (GradMode.Off())
        {
            Assert.False(GradMode.IsOn);
            Tensor one = TensorScope.Next(x, isLast: false, static t => (t + 1) * 2);
            Assert.Equal(before + 1, Tensor.Live);
            Tensor two = TensorScope.Next(one, isLast: true, static t => (t + 1) * 2);
            Assert.Equal(before + 1, Tensor.Live);
            Assert.Throws<TorchException>(() => one.Shape);
            Assert.Equal([10f, 10f], two.ToArray<float>());
            Assert.Same(two, TensorScope.Next(two, isLast: true, static t => t));
            Assert.Equal(2, two.Size(0));
        }
        Assert.True(GradMode.IsOn);
        Tensor kept = TensorScope.Next(x, isLast: true, static t => t + 1);
        Assert.Equal(3, (kept + x).ToArray<float>()[0]);
    }

    [Fact]
    public void Scopes_close_from_the_inside_out()
    {
        TensorScope outer = TensorScope.Begin(), inner = TensorScope.Begin();
        Assert.Contains("inner one is open", Assert.Throws<InvalidOperationException>(outer.Dispose).Message, StringComparison.Ordinal);
        inner.Dispose();
        outer.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using TensorScope scope = TensorScope.Begin();
        Exception? error = null;
        long before = Tensor.Live;
        Tensor? elsewhere = null;
        Thread worker = new(() =>
        {
            error = Record.Exception(scope.Dispose);
            elsewhere = Tensor.Ones([1]);              // no scope on this thread: it lives until disposed
        });
        worker.Start();
        worker.Join();
        Assert.IsType<InvalidOperationException>(error);
        Assert.Equal(before + 1, Tensor.Live);
        elsewhere!.Dispose();
    }

    [Fact]
    public void Threads_make_and_free_tensors_side_by_side()
    {
        long live = Tensor.Live;
        Parallel.For(0, 64, static _ =>
        {
            for (int i = 0; i < 50; i++)
            {
                using TensorScope scope = TensorScope.Begin();
                Assert.Equal(6, (Tensor.Ones([3]) * 2).Sum().ToDouble());
            }
        });
        Assert.Equal(live, Tensor.Live);
    }
}
