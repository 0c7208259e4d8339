using System.Text.Json;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Torch.Tests.Layers;

public sealed class SplitBatchNorm2dTests : TensorTest
{
    [Fact]
    public void It_is_the_official_demo_s()
    {
        JsonElement golden = Golden.Open("moco-cifar10-demo").GetProperty("splitBatchNorm");
        using SplitBatchNorm2d norm = new(3, golden.Whole("splits"));
        using (GradMode.Off())
            foreach ((string name, Tensor value) in norm.Parameters()) value.CopyFrom(Fill.Parameter($"splitbn.{name}", [3]));

        Tensor x = Fill.Inputs("splitbn.input0", 16, 3, 4, 4);
        x.RequiresGrad = true;
        Tensor y = norm.Forward(x);
        golden.GetProperty("output0").HoldsSummary(y, 1e-5);
        (y * Fill.Inputs("splitbn.cotangent", y.Shape)).Sum().Backward();
        golden.GetProperty("inputGradient").HoldsSummary(x.Grad!, 1e-5);
        Dictionary<string, Tensor> state = norm.State().ToDictionary();
        Tolerance.Close(golden.GetProperty("weightGradient").Floats(), state["weight"].Grad!, 1e-5);
        Tolerance.Close(golden.GetProperty("biasGradient").Floats(), state["bias"].Grad!, 1e-5);
        Statistics(golden.GetProperty("afterFirstCall"), state);

        Tensor second = Fill.Inputs("splitbn.input1", 16, 3, 4, 4);
        golden.GetProperty("output1").HoldsSummary(norm.Forward(second), 1e-5);
        Statistics(golden.GetProperty("afterSecondCall"), state);
        norm.Train(false);
        golden.GetProperty("evalOutput1").HoldsSummary(norm.Forward(second), 1e-5);
    }

    [Fact]
    public void Each_part_is_normalized_alone()
    {
        using SplitBatchNorm2d split = new(2, 4);
        using BatchNorm2d plain = new(2);
        Tensor x = Tensor.RandomNormal([8, 2, 3, 3]);
        Tensor y = split.Forward(x);
        for (int part = 0; part < 4; part++)
        {
            Tensor rows = Tensor.From([part, part + 4L]);          // sample i belongs to part i mod 4
            Tolerance.Close(plain.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows), 1e-5);
        }
    }

    [Fact]
    public void One_part_is_plain_batch_norm()
    {
        using SplitBatchNorm2d split = new(3, 1);
        using BatchNorm2d plain = new(3);
        Tensor x = Tensor.RandomNormal([4, 3, 5, 5]);
        Tolerance.Close(plain.Forward(x), split.Forward(x), 0);
    }

    [Fact]
    public void A_batch_that_does_not_divide_is_refused()
    {
        using SplitBatchNorm2d norm = new(3, 4);
        Assert.Contains("6", Assert.Throws<TorchException>(() => norm.Forward(Tensor.Zeros([6, 3, 2, 2]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SplitBatchNorm2d(3, 0));
    }

    private static void Statistics(JsonElement golden, Dictionary<string, Tensor> state)
    {
        Tolerance.Close(golden.GetProperty("runningMean").Floats(), state["running_mean"], 1e-5);
        Tolerance.Close(golden.GetProperty("runningVar").Floats(), state["running_var"], 1e-5);
    }
}
