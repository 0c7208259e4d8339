using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.DeepInfoMax;
using DimMethod = MocoSharp.Methods.DeepInfoMax.DeepInfoMax;

namespace MocoSharp.Tests.Methods.DeepInfoMax;

/// <summary>What the mathematics of mutual information bounds and of an adversarial prior demands.</summary>
public sealed class DeepInfoMaxTests : TensorTest
{
    private static readonly SizedEncoderOptions s_encoder = new("dim-cnn", Width: 0.125, Side: 16);
    private static readonly DeepInfoMaxOptions s_options = new(GlobalWeight: 0, LocalWeight: 1, PriorWeight: 0.1, Features: 8, Units: 16);

    // 8.3023 for 64 pictures of 64 places
    [Theory, InlineData(InformationBound.Jsd, 0), InlineData(InformationBound.InfoNce, 8.3023), InlineData(InformationBound.Dv, 0)]
    public void Scores_of_zero_give_the_chance_level(InformationBound bound, double expected)
    {
        Tensor loss = InformationLoss.Of(Tensor.Zeros([64, 64, 4]), Tensor.Zeros([64, 4]), bound);
        Assert.Equal(expected, loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(expected, InformationLoss.Chance(bound, 64, 64), tolerance: 1e-4);
    }

    // a bound of Jensen and Shannon's divergence is at most 2 ln 2, the other two are not bounded by that
    [Theory, InlineData(InformationBound.Jsd, -1.3862), InlineData(InformationBound.InfoNce, 0), InlineData(InformationBound.Dv, -40)]
    public void Pictures_that_tell_themselves_apart_reach_the_best_value(InformationBound bound, double best)
    {
        Tensor whole = Tensor.From<float>([6, 0, -6, 0], 2, 2);            // own scores 36 … and −36 for the other picture
        Tensor loss = InformationLoss.Of(whole.Unsqueeze(1).Expand(-1, 3, -1).Contiguous(), whole, bound);
        if (bound == InformationBound.Dv) Assert.True(loss.ToDouble() < best);
        else Assert.Equal(best, loss.ToDouble(), tolerance: 1e-3);
    }

    [Theory, InlineData(InformationBound.Jsd), InlineData(InformationBound.InfoNce), InlineData(InformationBound.Dv)]
    public void The_order_of_pictures_and_of_places_does_not_matter(InformationBound bound)
    {
        Tensor parts = Fill.Inputs("parts", 5, 4, 3), whole = Fill.Inputs("whole", 5, 3);
        Tensor pictures = Tensor.From(Fill.Permutation("pictures", 5)), places = Tensor.From(Fill.Permutation("places", 4));
        double loss = InformationLoss.Of(parts, whole, bound).ToDouble();
        Assert.Equal(loss, InformationLoss.Of(parts.IndexSelect(0, pictures), whole.IndexSelect(0, pictures), bound).ToDouble(),
            tolerance: 1e-5);
        Assert.Equal(loss, InformationLoss.Of(parts.IndexSelect(1, places), whole, bound).ToDouble(), tolerance: 1e-5);
    }

    [Fact]
    public void The_encoders_loss_gives_the_discriminator_no_gradient_and_its_own_loss_gives_the_encoder_none()
    {
        using DimMethod dim = Dim(s_options);
        DeepInfoMaxStep step = dim.Step(Batch());
        step.Loss.Backward();
        Assert.True(Length(dim, "prior") == 0, "the encoder's loss reached the discriminator");
        Dictionary<string, double> before = Lengths(dim);
        Assert.True(before["encoder.conv1.weight"] > 0);
        dim.AfterBackward(step);
        Assert.True(Length(dim, "prior") > 0);
        Dictionary<string, double> after = Lengths(dim);
        Assert.All(before.Where(static item => !item.Key.StartsWith("prior", StringComparison.Ordinal)),
            item => Assert.Equal(item.Value, after[item.Key]));
    }

    [Fact]
    public void Only_the_methods_own_update_moves_the_discriminator()
    {
        using DimMethod dim = Dim(s_options);
        Assert.DoesNotContain(dim.Parameters(), static p => p.Value.RequiresGrad && p.Name.StartsWith("prior", StringComparison.Ordinal));
        Dictionary<string, Tensor> before = dim.Parameters().ToDictionary(static p => p.Name, static p => p.Value.Detach().Clone());
        DeepInfoMaxStep step = dim.Step(Batch());
        step.Loss.Backward();
        dim.AfterBackward(step);
        Assert.All(dim.Parameters(), p => Assert.True(p.Value.SameAs(before[p.Name]), p.Name));
        dim.AfterUpdate(default);
        Assert.All(dim.Parameters(), p =>
            Assert.Equal(p.Name.StartsWith("prior", StringComparison.Ordinal), !p.Value.SameAs(before[p.Name])));
    }

    // the discriminator learns that values near 1 are the pictures': its penalty keeps the slope finite, its loss falls
    [Fact]
    public void The_discriminator_learns_to_tell_features_from_uniform_draws_and_pulls_them_back()
    {
        using DimMethod dim = Dim(s_options with { DiscriminatorRate = 0.01 });
        Tensor narrow = Tensor.Full([32, 8], 0.9), drawn = Tensor.RandomUniform([32, 8]);
        UniformPrior prior = (UniformPrior)dim.Children.Single(static child => child.Name == "prior").Value;
        double first = prior.DiscriminatorLoss(drawn, narrow).ToDouble();
        for (int i = 0; i < 30; i++)
        {
            prior.Learn(drawn, narrow);
            prior.Update();
        }
        Assert.True(prior.DiscriminatorLoss(drawn, narrow).ToDouble() < first - 0.1);
        Tensor features = Tensor.Full([32, 8], 0.9);
        features.RequiresGrad = true;
        prior.EncoderLoss(features).Backward();
        Assert.True(features.Grad!.Sum().ToDouble() > 0, "going down from the loss must lead away from 0.9");
    }

    [Fact]
    public void A_saved_method_goes_on_with_the_discriminators_moments()
    {
        using DimMethod whole = Dim(s_options), part = Dim(s_options);
        Train(whole, 0, 2);
        part.Load(whole.State().ToDictionary(static s => s.Name, static s => s.Value.Clone()));
        Train(whole, 2, 2);
        Train(part, 2, 2);
        foreach (((string name, Tensor a), (_, Tensor b)) in whole.State().Zip(part.State())) Assert.True(a.SameAs(b), name);
    }

    [Fact]
    public void The_local_objective_sees_each_place_and_the_global_one_the_map_as_a_whole()
    {
        using DimMethod local = Dim(s_options), both = Dim(s_options with { GlobalWeight = 1, PriorWeight = 0 });
        Assert.DoesNotContain(local.Children, static child => child.Name == "global");
        Assert.DoesNotContain(both.Children, static child => child.Name == "prior");
        both.Step(Batch()).Loss.Backward();
        Assert.True(Length(both, "global") > 0 && Length(both, "local") > 0);
    }

    [Fact]
    public void Settings_that_do_not_fit_are_refused()
    {
        OptionException weights = Assert.Throws<OptionException>(() => Dim(s_options with { LocalWeight = 0 }));
        Assert.Equal("set localWeight to 0 or more, and above 0 where globalWeight is 0", weights.Fix);
        OptionException stage = Assert.Throws<OptionException>(() => Dim(s_options with { LocalStage = "layer2" }));
        Assert.Equal("set localStage to one of conv1, conv2", stage.Fix);
        Assert.Throws<OptionException>(() => s_options.Check(batchSize: 1));
        Assert.Equal("side", Assert.Throws<OptionException>(() =>
            new DimMethod(new MethodParts(Tiny.EncoderOptions, 1),
            s_options with { Side = 16, GlobalWeight = 1, LocalStage = "layer4" })).Option);
    }

    private static DimMethod Dim(DeepInfoMaxOptions options) => new(new MethodParts(s_encoder, pictures: 1, batch: 8), options);

    private static Batch Batch(long step = 0) => Tiny.Batch(views: 1, side: 16, step: step);

    private static void Train(DimMethod dim, long first, int steps)
    {
        for (long i = first; i < first + steps; i++)
        {
            dim.Train();
            DeepInfoMaxStep step = dim.Step(Batch(i));
            dim.AfterBackward(step);
            dim.AfterUpdate(default);
        }
    }

    private static double Length(DimMethod dim, string prefix) => Lengths(dim)
        .Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(static item => item.Value);

    private static Dictionary<string, double> Lengths(DimMethod dim) => dim.Parameters()
        .ToDictionary(static p => p.Name, static p => p.Value.Grad?.Norm().ToDouble() ?? 0);
}
