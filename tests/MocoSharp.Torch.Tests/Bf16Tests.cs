namespace MocoSharp.Torch.Tests;

/// <summary>bf16 at every processor level that this machine has: sums are taken in fp32, whatever libtorch's kernels do.</summary>
public sealed class Bf16Tests : TensorTest
{
    private const int Ones = 4096;
    private static readonly string s_highest = Kernels.Level;

    public static TheoryData<string> Levels =>
        [.. Kernels.Levels.TakeWhile(static level => level != s_highest).Append(s_highest).Where(Kernels.Levels.Contains)];

    [Theory, MemberData(nameof(Levels))]
    public void A_product_of_ones_counts_them(string level)
    {
        Kernels.Level = level;
        Tensor row = Tensor.Ones([1, Ones]).To(DType.BFloat16), column = Tensor.Ones([Ones, 1]).To(DType.BFloat16);
        Assert.Equal(Ones, row.MatMul(column).To(DType.Float32).ToSingle());
        Tensor rows = Tensor.Ones([64, Ones]).To(DType.BFloat16), columns = Tensor.Ones([Ones, 64]).To(DType.BFloat16);
        Assert.Equal(64.0f * 64 * Ones, rows.MatMul(columns).To(DType.Float32).Sum().ToSingle());
        Assert.Equal(8.0f * 8 * 8 * Ones, rows.View(8, 8, Ones).MatMul(columns.Narrow(1, 0, 8)).To(DType.Float32).Sum().ToSingle());
        Assert.Equal(64.0f * Ones, rows.MatMul(columns.Narrow(1, 0, 1)).To(DType.Float32).Sum().ToSingle());
        Assert.Equal(Ones, Functional.Linear(row, row, null).To(DType.Float32).ToSingle());
    }

    [Theory, MemberData(nameof(Levels))]
    public void So_do_a_convolution_and_its_weight_gradient(string level)
    {
        Kernels.Level = level;
        Tensor x = Tensor.Ones([Ones, 8, 1, 1]).To(DType.BFloat16).Contiguous(MemoryFormat.ChannelsLast),
            weight = Tensor.Ones([8, 8, 1, 1]).Detach();
        weight.RequiresGrad = true;
        Tensor y = Functional.Conv2d(x, weight);
        Assert.Equal(8.0f * 8 * Ones, y.To(DType.Float32).Sum().ToSingle());
        y.Backward(Tensor.Ones([Ones, 8, 1, 1]).To(DType.BFloat16));
        Assert.Equal(64.0f * Ones, weight.Grad!.Sum().ToSingle());
    }

    protected override void Dispose(bool disposing)
    {
        Kernels.Level = "auto";
        base.Dispose(disposing);
    }
}
