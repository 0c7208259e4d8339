using MocoSharp.Methods;
using MocoSharp.Methods.Combine;
using MocoSharp.Methods.DeepInfoMax;
using MocoSharp.Methods.MoCo;
using MocoSharp.Methods.Rotation;
using MocoSharp.Recipes;

namespace MocoSharp.Tests.Methods.Combine;

public sealed class CombinedTests : TensorTest
{
    private static readonly CombineOptions s_options = new(Tiny.MoCoOptions, new RotationOptions(), Weight: 0.5);

    [Fact]
    public void There_is_one_encoder_and_it_is_told_once()
    {
        using Combined combined = Make(s_options);
        string[] names = [.. combined.State().Select(static s => s.Name)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Contains("first.query.encoder.conv1.weight", names);
        Assert.Contains("second.head.0.weight", names);
        Assert.DoesNotContain(names, static name => name.StartsWith("second.encoder", StringComparison.Ordinal));
        Tensor[] weights = [.. combined.Parameters().Select(static p => p.Value)];
        Assert.Equal(weights.Length, weights.Select(static w => w.DataPointer).Distinct().Count());
    }

    // gradients are linear in the weight: both losses reach the encoder, and nothing else does
    [Fact]
    public void The_encoder_gets_the_first_gradient_and_the_weighted_second_one()
    {
        float[] Gradient(double weight, out double first, out double second, out double loss)
        {
            Runtime.Seed(7);
            using Combined combined = Make(s_options with { Weight = weight });
            CombinedStep step = combined.Step(Tiny.Batch(views: 3));
            step.Loss.Backward();
            (first, second, loss) = (step.Measures!["first_loss"], step.Measures["second_loss"], step.Loss.ToDouble());
            return combined.Encoder.Parameters().First().Value.Grad!.ToArray<float>();
        }
        float[] one = Gradient(1, out double first, out double second, out double loss), two = Gradient(2, out _, out _, out double twice),
            three = Gradient(3, out _, out _, out _);
        Assert.Equal(first + second, loss, tolerance: 1e-5);
        Assert.Equal(first + 2 * second, twice, tolerance: 1e-5);
        Assert.NotEqual(one, two);
        Tolerance.Close([.. one.Zip(three, static (low, high) => (low + high) / 2)], two, relative: 1e-4);
    }

    [Fact]
    public void Each_part_does_what_it_does_alone()
    {
        Runtime.Seed(7);
        using Combined combined = Make(s_options);
        Runtime.Seed(7);
        using Method moco = Tiny.MoCo();
        Batch batch = Tiny.Batch(views: 3);
        Assert.Equal(moco.Step(Tiny.Batch(views: 2)).Loss.ToDouble(), combined.Step(batch).Measures!["first_loss"], tolerance: 1e-6);
        Assert.Equal(moco.ChanceLoss!.Value + 0.5 * Math.Log(4), combined.ChanceLoss!.Value, tolerance: 1e-12);
        Assert.Equal(3, combined.Views);
        Assert.Contains("queue_fill", combined.Measures().Keys);
        CombinedStep step = combined.Step(batch);
        step.Loss.Backward();
        combined.AfterBackward(step);
        Assert.Equal(8 / 32.0, combined.Measures()["queue_fill"]);
    }

    [Fact]
    public void Parts_draw_other_random_numbers_and_see_other_views()
    {
        Batch batch = Tiny.Batch(views: 3), first = batch.Part(0, 2, 0), second = batch.Part(2, 1, 1 << 16);
        Assert.Equal((2, 1, 8), (first.Views, second.Views, second.Count));
        Assert.True(second.View(0).SameAs(batch.View(2)));
        Assert.Equal(batch.Noise(3, 2, 1000), first.Noise(3, 2, 1000));
        Assert.NotEqual(first.Noise(3, 2, 1000), second.Noise(3, 2, 1000));
        Assert.NotEqual(first.Permutation(0), second.Permutation(0));
        Assert.Equal(batch.Orders(1, 9), first.Orders(1, 9));
        Assert.NotEqual(first.Orders(1, 9), second.Orders(1, 9));
    }

    [Fact]
    public void A_method_with_a_discriminator_of_its_own_may_be_second()
    {
        using Combined combined = Make(s_options with { Second = new DeepInfoMaxOptions(Features: 8, Units: 16) });
        combined.Step(Tiny.Batch(views: 3)).Loss.Backward();
    }

    [Fact]
    public void What_cannot_share_its_encoder_is_refused()
    {
        Assert.Equal("put it first, and a predictive method, such as rotation, second",
            Assert.Throws<OptionException>(() => Make(new CombineOptions(new RotationOptions(), Tiny.MoCoOptions))).Fix);
        Assert.Contains("not combined itself", Assert.Throws<OptionException>(() => Make(s_options with { Second = s_options })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_parts_are_set_checked_and_listed_as_others_are()
    {
        Recipe recipe = RecipeFile.Load("moco-rotation-cifar10", ["method.first.queueLength=512", "method.weight=2"]).Recipe;
        CombineOptions options = (CombineOptions)recipe.Method;
        Assert.Equal((512, 2.0), (((MoCoOptions)options.First).QueueLength, options.Weight));
        RecipeException error = Assert.Throws<RecipeException>(
            () => RecipeFile.Load("moco-rotation-cifar10", ["method.first.queueLength=100"]));
        Assert.Contains("queueLength is 100", error.Message, StringComparison.Ordinal);
        Assert.Equal("a method", RecipeKey.All.Single(static key => key.Path == "method.first").Takes);
    }

    private static Combined Make(CombineOptions options) => new(new MethodParts(Tiny.EncoderOptions, pictures: 64, batch: 8), options);
}
