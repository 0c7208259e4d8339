using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

/// <summary>The loss against the cross-entropy of all logits side by side, which is its definition.</summary>
public sealed class InfoNceTests : TensorTest
{
    [Theory, InlineData(0.07), InlineData(0.2), InlineData(0.01)]
    public void Loss_and_gradient_are_those_of_the_logits_side_by_side(double temperature)
    {
        Tensor rows = Tiny.UnitRows("q", 6, 16).To(DType.Float64),
            key = Functional.Normalize(rows + Fill.Inputs("k", 6, 16).To(DType.Float64) * 0.3),
            queue = Tiny.UnitRows("queue", 100, 16).To(DType.Float64);
        Tensor ours = rows.Clone().Detach(), plain = rows.Clone().Detach();
        (ours.RequiresGrad, plain.RequiresGrad) = (true, true);
        Tensor loss = InfoNce.Loss(ours, key, queue, temperature), expected = SideBySide(plain, key, queue, temperature);
        Assert.Equal(expected.ToDouble(), loss.ToDouble(), tolerance: 1e-9);
        loss.Backward();
        expected.Backward();
        Assert.InRange((ours.Grad! - plain.Grad!).Norm().ToDouble() / plain.Grad!.Norm().ToDouble(), 0, 1e-9);
    }

    // one over a queue of opposites at τ 0.05 is e^−40: as a difference of logarithms nothing of it would be left
    [Fact]
    public void A_loss_near_zero_keeps_its_digits_in_fp32()
    {
        Tensor query = Tiny.UnitRows("q", 1, 8);
        double loss = InfoNce.Loss(query, query, -query, temperature: 0.05).ToDouble();
        Assert.InRange(loss / Math.Exp(-40), 0.99, 1.01);
    }

    [Fact]
    public void The_product_with_the_queue_is_the_only_table_that_stays_for_the_backward_pass()
    {
        const int count = 64, queueLength = 65_536, table = count * queueLength * sizeof(float);
        Tensor query = Tiny.UnitRows("q", count, 8).Detach(), key = Tiny.UnitRows("k", count, 8),
            queue = Tiny.UnitRows("queue", queueLength, 8);
        query.RequiresGrad = true;
        long before = Runtime.Memory.InUse;
        Tensor loss = InfoNce.Loss(query, key, queue, 0.2);
        Assert.InRange(Runtime.Memory.InUse - before, table, 3 * table / 2);        // it counts in pages of 2 MiB
        loss.Backward();
        Assert.True(query.Grad!.IsFinite());
    }

    private static Tensor SideBySide(Tensor query, Tensor key, Tensor negatives, double temperature)
    {
        Tensor logits = Functional.Cat([(query * key).Sum(dim: 1, keepDim: true), Functional.MatMul(query, negatives.T)],
            dim: 1) / temperature;
        return Functional.CrossEntropy(logits, Tensor.Zeros([query.Size(0)], DType.Int64));
    }
}
