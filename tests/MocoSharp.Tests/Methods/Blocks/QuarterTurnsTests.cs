using MocoSharp.Methods.Blocks;

namespace MocoSharp.Tests.Methods.Blocks;

public sealed class QuarterTurnsTests : TensorTest
{
    [Fact]
    public void Four_quarter_turns_are_none_and_one_brings_the_left_to_the_top()
    {
        Tensor grid = Tensor.Arange(9, DType.Float32).View(1, 1, 3, 3);
        Assert.Equal([6, 3, 0, 7, 4, 1, 8, 5, 2], QuarterTurns.Of(grid, 1).ToArray<float>());
        for (int turn = 0; turn < 4; turn++) Assert.True(grid.SameAs(QuarterTurns.Of(QuarterTurns.Of(grid, turn), 4 - turn)));
    }

    // a network would learn to see the blur of a resampled picture instead of how it lies
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_turn_leaves_every_pixel_as_it_was(int turn)
    {
        Tensor picture = Fill.Inputs("picture", 1, 3, 7, 7);
        Assert.Equal(picture.ToArray<float>().Order(), QuarterTurns.Of(picture, turn).Contiguous().ToArray<float>().Order());
    }
}
