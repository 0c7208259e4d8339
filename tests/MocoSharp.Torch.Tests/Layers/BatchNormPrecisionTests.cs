using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

/// <summary>Batch norm's own passes, forward and backward, against its formula in double precision, at every processor level that this
/// machine has.</summary>
public sealed class BatchNormPrecisionTests : TensorTest
{
    private const int Count = 16, Channels = 64, Rows = 5, Columns = 7;
    private const double Epsilon = BatchNorm2d.Epsilon;

    public static TheoryData<string, int, DType, bool> Kinds()
    {
        TheoryData<string, int, DType, bool> kinds = [];
        foreach (string level in Kernels.Levels.TakeWhile(static l => l != Kernels.MachineLevel).Append(Kernels.MachineLevel)
            .Where(Kernels.Levels.Contains))
            foreach (int splits in new[] { 1, 8 })
                foreach (DType type in new[] { DType.BFloat16, DType.Float32 })
                    foreach (bool isResidual in new[] { true, false }) kinds.Add(level, splits, type, isResidual);
        return kinds;
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Values_and_gradients_are_those_of_double_precision(string level, int splits, DType type, bool isResidual)
    {
        Kernels.Level = level;
        double allowed = type == DType.BFloat16 ? 1e-2 : 1e-5;
        using SplitBatchNorm2d norm = Fill.Module(new SplitBatchNorm2d(Channels, splits));
        Dictionary<string, Tensor> state = norm.State().ToDictionary();
        Tensor x = Leaf(Fill.Inputs("x", Count, Channels, Rows, Columns) * 2 + 1, type),
            residual = Leaf(Fill.Inputs("residual", Count, Channels, Rows, Columns), type);
        Tensor up = Fill.Inputs("up", Count, Channels, Rows, Columns).Contiguous(MemoryFormat.ChannelsLast).To(type);
        Tensor y = norm.ForwardRelu(x, isResidual ? residual : null);
        y.Backward(up);

        Tensor[] exact = [Double(x), Double(residual), Double(state["weight"]), Double(state["bias"])];
        foreach (Tensor leaf in exact) leaf.RequiresGrad = true;
        Tensor expected = Exact(exact[0], isResidual ? exact[1] : null, exact[2], exact[3], splits);
        (expected * up.To(DType.Float64)).Sum().Backward();
        Near(expected, y, allowed, "y");
        Near(exact[0].Grad!, x.Grad!, allowed, "x's gradient");
        if (isResidual) Near(exact[1].Grad!, residual.Grad!, allowed, "the residual's gradient");
        Near(exact[2].Grad!, state["weight"].Grad!, allowed, "the scale's gradient");
        Near(exact[3].Grad!, state["bias"].Grad!, allowed, "the shift's gradient");
    }

    protected override void Dispose(bool disposing)
    {
        Kernels.Level = "auto";
        base.Dispose(disposing);
    }

    /// <summary>Sample i belongs to part i mod splits; each part has its own mean and variance.</summary>
    private static Tensor Exact(Tensor x, Tensor? residual, Tensor weight, Tensor bias, int splits)
    {
        // [N / splits, splits, C, H, W]
        Tensor parts = x.Reshape(Count / splits, splits, Channels, Rows, Columns), mean = parts.Mean([0, 3, 4], keepDim: true),
            centered = parts - mean;
        Tensor unit = centered / ((centered * centered).Mean([0, 3, 4], keepDim: true) + Epsilon).Sqrt();
        Tensor y = unit.Reshape(Count, Channels, Rows, Columns) * weight.View(1, Channels, 1, 1) + bias.View(1, Channels, 1, 1);
        return Functional.Relu(residual is null ? y : y + residual);
    }

    private static Tensor Leaf(Tensor values, DType type)
    {
        Tensor leaf = values.Contiguous(MemoryFormat.ChannelsLast).To(type).Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    private static Tensor Double(Tensor values) => values.Detach().To(DType.Float64).Contiguous().Detach();

    private static void Near(Tensor expected, Tensor actual, double allowed, string what)
    {
        double error = (actual.Detach().To(DType.Float64) - expected.Detach()).Norm().ToDouble() / expected.Norm().ToDouble();
        Assert.True(error <= allowed, $"{what}: {error:e1} off, allowed {allowed:e0}");
    }
}
