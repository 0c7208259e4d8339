using MocoSharp.Methods;
using MocoSharp.Methods.BarlowTwins;
using MocoSharp.Methods.Byol;
using MocoSharp.Methods.DenseCl;
using MocoSharp.Methods.MoCo;
using MocoSharp.Methods.MoCoV3;
using MocoSharp.Methods.SimClr;
using MocoSharp.Methods.SimSiam;
using MocoSharp.Methods.SupCon;
using MocoSharp.Methods.VicReg;

namespace MocoSharp.Tests.Methods;

/// <summary>What the mathematics demands of the methods that compare two views of a batch.</summary>
public sealed class TwoViewLawTests : TensorTest
{
    private const int N = 8, D = 16;

    private static readonly Dictionary<string, MethodOptions> s_methods = new()
    {
        ["simclr"] = new SimClrOptions(D),
        ["supcon"] = new SupConOptions(D),
        ["simsiam"] = new SimSiamOptions(D, PredictorFeatures: 8),
        ["byol"] = new ByolOptions(D, 16, 16),
        ["vicreg"] = new VicRegOptions(D, 16),
        ["barlow-twins"] = new BarlowTwinsOptions(D, 16),
        ["moco-v3"] = new MoCoV3Options(D, 16, PredictorFeatures: 16, Temperature: 0.2),
        ["densecl"] = new DenseClOptions(32, D, 16),
    };

    // where the head gives 0 for every picture: ln(2N − 1), no cosine, 4 − 0, 25 · (1 − √1e-4), D, 4τ ln N, ln(1 + K)
    [Theory, InlineData("simclr", 2.70805), InlineData("supcon", 2.70805), InlineData("simsiam", 0), InlineData("byol", 4),
        InlineData("vicreg", 24.75), InlineData("barlow-twins", D), InlineData("moco-v3", 1.66355), InlineData("densecl", 3.49651)]
    public void A_silent_network_has_the_loss_of_the_formula(string name, double expected)
    {
        using Method method = Create(name);
        Silence(method, static parameter => !parameter.Contains("encoder.", StringComparison.Ordinal));
        Assert.Equal(expected, method.Step(Tiny.Batch(N)).Loss.ToDouble(), tolerance: 1e-4);
        if (method.ChanceLoss is { } chance) Assert.Equal(expected, chance, tolerance: 1e-4);
    }

    [Theory, InlineData("simsiam"), InlineData("byol"), InlineData("vicreg"), InlineData("barlow-twins")]
    public void Collapse_shows_in_the_spread(string name)
    {
        using Method method = Create(name);
        Assert.InRange(method.Step(Tiny.Batch(N)).Measures!["spread"], 0.1, 1.1);
        Silence(method, static parameter => parameter.Contains("head.", StringComparison.Ordinal));
        Assert.Equal(0, method.Step(Tiny.Batch(N)).Measures!["spread"], tolerance: 1e-6);
    }

    [Theory, InlineData("byol", "target."), InlineData("moco-v3", "key."), InlineData("densecl", "key."), InlineData("simsiam", null)]
    public void What_is_predicted_is_a_constant_and_the_encoder_learns(string name, string? followers)
    {
        using Method method = Create(name);
        method.Step(Tiny.Batch(N)).Loss.Backward();
        foreach ((string parameter, Tensor value) in method.Parameters())
            if (followers is not null && parameter.StartsWith(followers, StringComparison.Ordinal)) Assert.Null(value.Grad);
        Assert.All(method.Encoder.Parameters(), static parameter => Assert.True(parameter.Value.Grad!.Norm().ToDouble() > 0));
    }

    [Theory, InlineData("byol", "target."), InlineData("moco-v3", "key.")]
    public void The_momentum_rises_to_1_and_then_nothing_follows(string name, string followers)
    {
        using Method method = Create(name);
        Tensor follower = method.Parameters().First(item => item.Name.StartsWith(followers, StringComparison.Ordinal)).Value;
        using (GradMode.Off()) method.Encoder.Parameters().First().Value.FillInPlace(1);
        float Step(long step)
        {
            float before = follower.ToArray<float>()[0];
            method.AfterUpdate(new TrainingClock(0, step, StepsPerEpoch: 10, Epochs: 1));
            return Math.Abs(follower.ToArray<float>()[0] - before);
        }
        float early = Step(1), late = Step(9);
        Assert.True(early > late && late > 0, $"{early} and {late}");
        Assert.Equal(0, Step(11));
    }

    [Fact]
    public void Without_labels_SupCon_is_SimCLR()
    {
        using Method plain = Create("simclr"), supervised = Create("supcon");
        Fill.Module(plain);
        Fill.Module(supervised);
        Batch without = Tiny.Batch(N), with = new([without.View(0), without.View(1)], without.Indices, [0, 1, 0, 1, 0, 1, 0, 1], 1, 0);
        Assert.Equal(plain.Step(without).Loss.ToDouble(), supervised.Step(without).Loss.ToDouble(), tolerance: 1e-5);
        Assert.NotEqual(plain.Step(with).Loss.ToDouble(), supervised.Step(with).Loss.ToDouble(), tolerance: 1e-3);
    }

    [Fact]
    public void Views_that_are_the_same_leave_BarlowTwins_the_redundancy_alone()
    {
        using Method method = Create("barlow-twins");
        Tensor last = method.Parameters().Single(static item => item.Name == "network.head.6.weight").Value;
        using (GradMode.Off()) last.CopyFrom(last.Narrow(0, 0, 1).Expand(last.Shape));           // all numbers of a projection are one
        Tensor view = Tiny.Batch(N).View(0);
        StepResult step = method.Step(new Batch([view, view], [.. Enumerable.Range(0, N)], [.. Enumerable.Repeat(-1, N)], 1, 0));
        Assert.Equal(1, step.Measures!["correlation"], tolerance: 1e-3);         // ε keeps it below
        Assert.Equal(0.0051 * D * (D - 1), step.Loss.ToDouble(), tolerance: 0.01);
    }

    [Fact]
    public void VicRegs_terms_add_up_by_their_weights()
    {
        using Method method = Create("vicreg");
        StepResult step = method.Step(Tiny.Batch(N));
        Assert.Equal(step.Loss.ToDouble(), 25 * step.Measures!["invariance"] + 25 * step.Measures["variance"]
            + step.Measures["covariance"], tolerance: 1e-4);
        Tensor view = Tiny.Batch(N).View(0);
        step = method.Step(new Batch([view, view], [.. Enumerable.Range(0, N)], [.. Enumerable.Repeat(-1, N)], 1, 0));
        Assert.Equal(0, step.Measures!["invariance"], tolerance: 1e-9);
    }

    [Fact]
    public void DenseCL_is_MoCo_until_the_dense_loss_joins()
    {
        DenseClOptions options = new(32, D, 16, DenseFrom: 1);
        using Method dense = MethodRegistry.Create(new MethodParts(Tiny.EncoderOptions, 100, N), options),
            moco = MethodRegistry.Create(new MethodParts(Tiny.EncoderOptions, 100, N), new MoCoOptions(32, D, [16]));
        GoldenSteps.Fill(dense, 1, static name => name);
        GoldenSteps.Fill(moco, 1, static name => name);
        foreach (Method method in new[] { dense, moco }) GoldenSteps.Set(method, "queue.keys", Tiny.UnitRows("queue", 32, D));
        double plain = moco.Step(Tiny.Batch(N)).Loss.ToDouble();
        StepResult step = dense.Step(Tiny.Batch(N));
        Assert.Equal(plain, step.Loss.ToDouble(), tolerance: 1e-5);
        dense.AfterUpdate(default);
        step = dense.Step(Tiny.Batch(N));
        Assert.Equal((step.Measures!["whole_loss"] + step.Measures["dense_loss"]) / 2, step.Loss.ToDouble(), tolerance: 1e-5);
    }

    [Fact]
    public void DenseCLs_queues_wait_until_they_are_told()
    {
        using Method method = Create("densecl");
        Tensor[] queues = [.. method.State().Where(static item => item.Name.EndsWith("queue.keys", StringComparison.Ordinal))
            .Select(static item => item.Value)];
        Tensor[] before = [.. queues.Select(static queue => queue.Clone())];
        StepResult step = method.Step(Tiny.Batch(N));
        step.Loss.Backward();
        Assert.All(queues.Zip(before), static pair => Assert.True(pair.First.SameAs(pair.Second)));
        method.AfterBackward(step);
        Assert.Equal(2, queues.Length);
        Assert.All(queues.Zip(before), static pair => Assert.False(pair.First.SameAs(pair.Second)));
        Assert.All(queues.SelectMany(static queue => queue.Norm(dim: 1).ToArray<float>()),
            static length => Assert.Equal(1f, length, tolerance: 1e-4f));
    }

    [Fact]
    public void SimSiams_predictor_keeps_its_rate_where_it_is_asked_to()
    {
        using Method keeps = Create("simsiam"), follows = MethodRegistry.Create(new MethodParts(Tiny.EncoderOptions, 100, N),
            new SimSiamOptions(D, PredictorFeatures: 8, PredictorKeepsRate: false));
        foreach ((string name, _) in keeps.Parameters())
        {
            Assert.Equal(name.StartsWith("predictor.", StringComparison.Ordinal), keeps.KeepsRate(name));
            Assert.False(follows.KeepsRate(name));
        }
    }

    [Theory, InlineData("simclr"), InlineData("supcon"), InlineData("simsiam"), InlineData("byol"), InlineData("vicreg"),
        InlineData("barlow-twins"), InlineData("moco-v3")]
    public void A_batch_of_one_picture_is_refused(string name) =>
        Assert.Equal("training.batchSize", Assert.Throws<OptionException>(() => s_methods[name].Check(batchSize: 1)).Option);

    private static Method Create(string name) => MethodRegistry.Create(new MethodParts(Tiny.EncoderOptions, 100, N), s_methods[name]);

    private static void Silence(Method method, Func<string, bool> which)
    {
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in method.Parameters())
            if (which(name)) value.ZeroInPlace();
    }
}
