using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Reconstruction;

namespace MocoSharp.Tests.Methods.Reconstruction;

/// <summary>The adversary of restored pictures: who learns from what, and when.</summary>
public sealed class PictureCriticTests : TensorTest
{
    private const int Side = 16;
    private static readonly InpaintingOptions s_options = new(Overlap: 1, AdversarialWeight: 0.5, CriticRate: 0.01);

    [Fact]
    public void The_restorers_loss_gives_the_critic_no_gradient_and_the_critics_gives_the_restorer_none()
    {
        using Inpainting method = Make(s_options);
        RestorationStep step = method.Step(Batch());
        step.Loss.Backward();
        Dictionary<string, double> before = Lengths(method);
        Assert.All(before, static length => Assert.Equal(!IsCritics(length.Key), length.Value > 0));
        method.AfterBackward(step);
        Dictionary<string, double> after = Lengths(method);
        Assert.All(before, length => Assert.Equal(IsCritics(length.Key), length.Value != after[length.Key]));
    }

    [Fact]
    public void Only_the_methods_own_update_moves_the_critic()
    {
        using Inpainting method = Make(s_options);
        Assert.DoesNotContain(method.Parameters(), static one => one.Value.RequiresGrad && IsCritics(one.Name));
        Dictionary<string, Tensor> before = method.Parameters()
            .ToDictionary(static one => one.Name, static one => one.Value.Detach().Clone());
        Train(method, 0, 1);
        Assert.All(method.Parameters(), one => Assert.Equal(IsCritics(one.Name), !one.Value.SameAs(before[one.Name])));
    }

    [Fact]
    public void It_learns_to_tell_gray_pictures_from_real_ones_and_says_which_way_real_ones_lie()
    {
        using PictureCritic critic = new(channels: 3, rate: 0.005);
        Tensor real = Batch(count: 8).View(0), gray = Tensor.Zeros(real.Shape, real.DType);
        double first = critic.Loss(gray, real).ToDouble();
        for (int i = 0; i < 10; i++)
        {
            critic.Learn(new RestoredPictures(gray, real));
            critic.Update();
        }
        Assert.True(critic.Loss(gray, real).ToDouble() < first - 0.5);
        Tensor between = real * 0.5;
        between.RequiresGrad = true;
        critic.RestorerLoss(between).Backward();
        Assert.True((between.Grad! * real).Sum().ToDouble() < 0, "going down from the loss must lead towards the real pictures");
    }

    [Fact]
    public void The_critic_sees_the_picture_with_its_hole_filled()
    {
        using Inpainting method = Make(s_options);
        Batch batch = Batch();
        (Tensor shown, _) = method.Holes(batch, batch.View(0));
        RestoredPictures pictures = method.Step(batch).Pictures!;
        Assert.True(((pictures.Restored - pictures.Real) * shown).Abs().Max().ToDouble() == 0, "what is shown is not restored");
        Assert.True(((pictures.Restored - pictures.Real) * (1 - shown)).Abs().Max().ToDouble() > 0);
        Assert.False(pictures.Restored.RequiresGrad);
    }

    [Fact]
    public void Its_weight_shares_the_loss_out_and_without_one_there_is_no_critic()
    {
        using Denoising method = new(Encoders, new DenoisingOptions(AdversarialWeight: 0.25));
        using Denoising alone = new(Encoders, new DenoisingOptions());
        Assert.DoesNotContain(alone.Children, static child => child.Name == "critic");
        Dictionary<string, Tensor> state = method.State().ToDictionary(static one => one.Name, static one => one.Value);
        alone.Load(alone.State().ToDictionary(static one => one.Name, one => state[one.Name].Clone()));
        RestorationStep both = method.Step(Batch()), squared = alone.Step(Batch());
        PictureCritic critic = (PictureCritic)method.Children.Single(static child => child.Name == "critic").Value;
        double adversarial = critic.RestorerLoss(both.Pictures!.Restored).ToDouble();
        Assert.Equal(0.75 * squared.Loss.ToDouble() + 0.25 * adversarial, both.Loss.ToDouble(), tolerance: 1e-5);
        Assert.Null(squared.Pictures);
    }

    [Fact]
    public void A_saved_method_goes_on_with_the_critics_moments()
    {
        using Inpainting whole = Make(s_options), part = Make(s_options);
        Train(whole, 0, 2);
        part.Load(whole.State().ToDictionary(static one => one.Name, static one => one.Value.Clone()));
        Train(whole, 2, 2);
        Train(part, 2, 2);
        foreach (((string name, Tensor a), (_, Tensor b)) in whole.State().Zip(part.State())) Assert.True(a.SameAs(b), name);
    }

    private static Inpainting Make(InpaintingOptions options) => new(Encoders, options);

    private static Encoder Encoders() => EncoderRegistry.Create(Tiny.EncoderOptions);

    private static Batch Batch(long step = 0, int count = 4) => Tiny.Batch(count: count, views: 1, side: Side, step: step);

    private static void Train(Method method, long first, int steps)
    {
        for (long i = first; i < first + steps; i++)
        {
            method.Train();
            method.AfterBackward(method.Step(Batch(i)));
            method.AfterUpdate(default);
        }
    }

    private static bool IsCritics(string name) => name.StartsWith("critic.", StringComparison.Ordinal);

    private static Dictionary<string, double> Lengths(Method method) => method.Parameters()
        .ToDictionary(static one => one.Name, static one => one.Value.Grad?.Norm().ToDouble() ?? 0);
}
