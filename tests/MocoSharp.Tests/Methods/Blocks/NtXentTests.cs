using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class NtXentTests : TensorTest
{
    [Theory, InlineData(128, 5.5413), InlineData(256, 6.2364)]
    public void Rows_that_look_alike_give_the_log_of_all_others(int pictures, double chance)
    {
        Tensor rows = Tiny.UnitRows("row", 1, 8).Repeat(2 * pictures, 1);
        Assert.Equal(chance, NtXent.Loss(rows, 0.1).ToDouble(), tolerance: 1e-4);
        Assert.Equal(chance, NtXent.Loss(rows, Tensor.From(Groups(pictures, classes: 3)), 0.1).ToDouble(), tolerance: 1e-4);
    }

    [Fact]
    public void Pairs_at_right_angles_give_the_formulas_value()
    {
        Tensor rows = Tensor.Arange(8).Unsqueeze(1).EqualTo(Tensor.Arange(8)).To(DType.Float32).Repeat(2, 1);      // 8 axes, twice
        double expected = Math.Log(Math.Exp(1 / 0.5) + 14) - 1 / 0.5;
        Assert.Equal(expected, NtXent.Loss(rows, 0.5).ToDouble(), tolerance: 1e-6);
    }

    [Fact]
    public void Groups_of_two_views_are_the_plain_loss()
    {
        Tensor rows = Tiny.UnitRows("rows", 12, 8);
        Tensor groups = Tensor.From([.. Enumerable.Range(0, 12).Select(static i => (long)(i % 6 - 6))], 12);
        Assert.Equal(NtXent.Loss(rows, 0.2).ToDouble(), NtXent.Loss(rows, groups, 0.2).ToDouble(), tolerance: 1e-6);
    }

    [Fact]
    public void Each_side_of_a_pair_gets_a_gradient_at_right_angles_to_itself()
    {
        Tensor raw = Fill.Inputs("raw", 6, 8).To(DType.Float64).Detach();
        raw.RequiresGrad = true;
        NtXent.Loss(Functional.Normalize(raw), 0.2).Backward();
        Assert.All(raw.Grad!.Norm(dim: 1).ToArray<double>(), static length => Assert.True(length > 1e-4));
        Assert.All((raw.Grad! * raw).Sum(dim: 1).ToArray<double>(), static along => Assert.Equal(0, along, tolerance: 1e-12));
    }

    [Fact]
    public void The_order_of_the_pictures_does_not_matter()
    {
        Tensor rows = Tiny.UnitRows("rows", 8, 8);
        Tensor turned = rows.IndexSelect(0, Tensor.From([2L, 0, 3, 1, 6, 4, 7, 5]));
        Assert.Equal(NtXent.Loss(rows, 0.2).ToDouble(), NtXent.Loss(turned, 0.2).ToDouble(), tolerance: 1e-6);
    }

    private static long[] Groups(int pictures, int classes) =>
        [.. Enumerable.Range(0, 2 * pictures).Select(i => (long)(i % pictures % classes))];
}
