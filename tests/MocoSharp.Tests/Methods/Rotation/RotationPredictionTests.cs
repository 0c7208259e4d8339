using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.Rotation;

namespace MocoSharp.Tests.Methods.Rotation;

public sealed class RotationPredictionTests : TensorTest
{
    [Fact]
    public void Equal_answers_give_the_chance_level()
    {
        using RotationPrediction rotation = Make();
        Zero(rotation, "head");
        StepResult step = rotation.Step(Tiny.Batch(views: 1));
        Assert.Equal(1.3863, step.Loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(1.3863, rotation.ChanceLoss!.Value, tolerance: 1e-4);
        Assert.Equal(0.25, step.Measures![Pretext.Accuracy], tolerance: 1e-6);
    }

    // split batch norm takes neighbors of the batch together: a part with one turn alone would tell which by its statistics
    [Fact]
    public void The_turns_of_a_picture_lie_side_by_side()
    {
        Tensor pictures = Tiny.Batch(count: 3).View(0), all = RotationPrediction.AllTurns(pictures);
        Assert.Equal(12, all.Size(0));
        for (int row = 0; row < 12; row++)
            Assert.True(all.Narrow(0, row, 1).SameAs(QuarterTurns.Of(pictures.Narrow(0, row / 4, 1), row % 4)));
    }

    [Fact]
    public void A_head_may_have_hidden_layers()
    {
        using RotationPrediction rotation = Make(new RotationOptions([16, 8]));
        Assert.Equal(["head.0.weight", "head.2.weight", "head.4.weight"],
            rotation.Parameters().Select(static p => p.Name).Where(static name => name.StartsWith("head", StringComparison.Ordinal)
            && name.EndsWith("weight", StringComparison.Ordinal)));
    }

    internal static void Zero(Method method, string part)
    {
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in method.Parameters())
            if (name.StartsWith(part + ".", StringComparison.Ordinal)) value.ZeroInPlace();
    }

    private static RotationPrediction Make(RotationOptions? options = null) =>
        new(static () => EncoderRegistry.Create(Tiny.EncoderOptions), options ?? new RotationOptions());
}
