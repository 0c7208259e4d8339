using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class KeyOrderTests : TensorTest
{
    [Fact]
    public void What_was_shuffled_is_restored()
    {
        MocoSharp.Methods.Batch batch = Tiny.Batch();
        KeyOrder order = new(batch, view: 1, splits: 2);
        Tensor shuffled = order.Shuffle(batch.View(1));
        Assert.False(batch.View(1).SameAs(shuffled));
        Assert.True(batch.View(1).SameAs(order.Restore(shuffled)));
        Assert.True(shuffled.SameAs(new KeyOrder(batch, view: 1, splits: 2).Shuffle(batch.View(1))));
    }

    [Fact]
    public void Plain_batch_norm_leaves_the_order() =>
        Assert.True(Tiny.Batch().View(1).SameAs(new KeyOrder(Tiny.Batch(), view: 1, splits: 1).Shuffle(Tiny.Batch().View(1))));
}
