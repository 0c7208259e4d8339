namespace MocoSharp.Torch.Tests;

/// <summary>The largest value of each window against libtorch's in double precision, at every processor level that this machine
/// has.</summary>
public sealed class MaxPoolTests : TensorTest
{
    private static readonly (int N, int Channels, int Rows, int Columns, int Size, int Stride, int Padding)[] s_shapes =
    [
        (2, 64, 16, 16, 3, 2, 1), (3, 24, 9, 12, 3, 2, 1), (1, 3, 7, 5, 2, 2, 0), (4, 40, 8, 6, 2, 1, 0), (2, 17, 11, 10, 3, 3, 0),
            (5, 96, 4, 4, 4, 4, 2), (2, 33, 10, 7, 5, 2, 2), (1, 1, 3, 3, 3, 1, 1),
    ];

    public static TheoryData<string, DType> Kinds()
    {
        TheoryData<string, DType> kinds = [];
        foreach (string level in Kernels.Levels.TakeWhile(static l => l != Kernels.MachineLevel).Append(Kernels.MachineLevel)
            .Where(Kernels.Levels.Contains))
        {
            kinds.Add(level, DType.Float32);
            kinds.Add(level, DType.BFloat16);
        }
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Values_are_exact_and_gradients_those_of_double_precision(string level, DType type)
    {
        Kernels.Level = level;
        foreach (var s in s_shapes)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor x = Fill.Inputs($"{s}", s.N, s.Channels, s.Rows, s.Columns).Contiguous(MemoryFormat.ChannelsLast).To(type).Detach(),
                exact = x.To(DType.Float64).Detach();
            (x.RequiresGrad, exact.RequiresGrad) = (true, true);
            Tensor y = Functional.MaxPool2d(x, s.Size, s.Stride, s.Padding),
                expected = Functional.MaxPool2d(exact, s.Size, s.Stride, s.Padding);
            Assert.True(expected.SameAs(y.To(DType.Float64)), $"values of {s}");
            Tensor up = Fill.Inputs("up", y.Shape).To(type);
            y.Backward(up);
            expected.Backward(up.To(DType.Float64));
            double error = (x.Grad!.To(DType.Float64) - exact.Grad!).Norm().ToDouble() / exact.Grad!.Norm().ToDouble();
            Assert.True(error <= (type == DType.Float32 ? 1e-6 : 1e-2), $"the gradient of {s}: {error:e1} off");
        }
    }

    protected override void Dispose(bool disposing)
    {
        Kernels.Level = "auto";
        base.Dispose(disposing);
    }
}
