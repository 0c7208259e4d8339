using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;

namespace MocoSharp.Tests.Methods;

/// <summary>A batch's own randomness.</summary>
public sealed class BatchTests : TensorTest
{
    private const int Pictures = 64, Seed = 5;

    // both are shuffles of as many numbers, addressed by seed and a count from 0
    [Theory, InlineData(0), InlineData(1), InlineData(7)]
    public void No_permutation_of_a_batch_is_the_order_of_an_epoch(int number)
    {
        ViewLoader loader = new(new TinySource(Pictures), new ViewRecipe([new ViewPipeline([new RandomResizedCrop(8)], ChannelStats.Half)]),
            new LoaderOptions { BatchSize = Pictures, Seed = Seed, Workers = 1 });
        using ViewBatch epoch = loader.Epoch(number).First();
        long[] order = [.. epoch.Indices.ToArray().Select(static index => (long)index)];
        Batch batch = Numbered(number);
        for (int use = 0; use < 4; use++)
        {
            Assert.NotEqual(order, batch.Permutation(use));
            Assert.Equal(order.Order(), batch.Permutation(use).Order());
        }
    }

    [Fact]
    public void Every_use_of_every_batch_has_its_own_permutation_and_always_the_same()
    {
        long[][] all = [.. from step in Enumerable.Range(0, 3) from use in Enumerable.Range(0, 3) select Numbered(step).Permutation(use)];
        Assert.Equal(all.Length, all.Select(static order => string.Join(' ', order)).Distinct().Count());
        Assert.Equal(all[4], Numbered(1).Permutation(1));
    }

    private static Batch Numbered(long step) => new([], [.. Enumerable.Range(0, Pictures)], new int[Pictures], Seed, step);
}
