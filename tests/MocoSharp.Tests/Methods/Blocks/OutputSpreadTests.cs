using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class OutputSpreadTests : TensorTest
{
    [Fact]
    public void Outputs_that_point_everywhere_have_1_and_equal_ones_0()
    {
        Assert.Equal(1, OutputSpread.Of(Fill.Inputs("z", 512, 64))["spread"], tolerance: 0.02);
        Assert.Equal(0, OutputSpread.Of(Fill.Inputs("z", 1, 64).Repeat(512, 1))["spread"], tolerance: 1e-5);
    }

    [Fact]
    public void Their_length_does_not_matter()
    {
        Tensor outputs = Fill.Inputs("z", 16, 8);
        Assert.Equal(OutputSpread.Of(outputs)["spread"], OutputSpread.Of(outputs * 7)["spread"], tolerance: 1e-6);
    }
}
