using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.MomentumCmc;
using MocoSharp.Torch.Optim;
using Contrast = MocoSharp.Methods.MomentumCmc.MomentumCmc;

namespace MocoSharp.Tests.Methods.MomentumCmc;

public sealed class MomentumCmcTests : TensorTest
{
    private static readonly MomentumCmcOptions s_options = new(HiddenFeatures: [16], KeyFeatures: 8, MemoryLength: 12, KeyMomentum: 0.9);

    [Fact]
    public void Features_without_any_relation_give_the_losses_that_the_formula_says()
    {
        System.Text.Json.JsonElement start = Golden.Open("momentum-cmc").GetProperty("start");
        double inter = UnnormalizedNce.Loss(Tensor.Ones([5]), Tensor.Ones([5, 50]), 50).ToDouble(),
            intra = UnnormalizedNce.Loss(Tensor.Ones([5]), Tensor.Ones([5, 4]), 5).ToDouble();
        Tolerance.Close(35.8382, inter, 1e-4);
        Tolerance.Close(3.7600, intra, 1e-4);
        Tolerance.Close(316.785, 8 * (inter + intra), 2e-3);
        Tolerance.Close(start.Number("total"), 8 * (inter + intra), 1e-3);
    }

    [Fact]
    public void InfoNce_is_at_its_chance_level_when_heads_tell_nothing_apart()
    {
        using Contrast cmc = Make(s_options with { Loss = ContrastKind.InfoNce, IntraBatch = false, Pairs = [new(0, 1)] });
        using (GradMode.Off())
            foreach ((_, Tensor value) in cmc.Parameters().Where(static item => item.Name.Contains("head", StringComparison.Ordinal)))
                value.ZeroInPlace();
        Assert.Equal(Math.Log(13), cmc.Step(Scenes()).Loss.ToDouble(), tolerance: 1e-5);
        Assert.Equal(Math.Log(13), cmc.ChanceLoss!.Value, tolerance: 1e-12);
        using Contrast nce = Make(s_options);
        Assert.Null(nce.ChanceLoss);
    }

    [Fact]
    public void The_loss_is_the_sum_over_pairs_and_over_both_kinds()
    {
        Batch batch = Scenes();
        double Loss(MomentumCmcOptions options)
        {
            Runtime.Seed(5);
            using Contrast cmc = Make(options);
            return cmc.Step(batch).Loss.ToDouble();
        }
        MomentumCmcOptions one = s_options with { Pairs = [new(0, 1)] }, other = s_options with { Pairs = [new(2, 1)] };
        double both = Loss(s_options with { Pairs = [new(0, 1), new(2, 1)] });
        Tolerance.Close(both, Loss(one) + Loss(other), 1e-3);
        Tolerance.Close(both, Loss(one with { IntraBatch = false }) + Loss(one with { InterBatch = false }) + Loss(other), 1e-3);
    }

    [Fact]
    public void Both_sides_of_a_pair_are_learned_and_the_momentum_networks_and_memories_are_not()
    {
        using Contrast cmc = Make(s_options with { Pairs = [new(1, 2)] });
        cmc.Step(Scenes()).Loss.Backward();
        string[] learned = [.. cmc.Parameters().Where(static p => p.Value.Grad is { } grad && grad.Norm().ToDouble() > 0)
            .Select(static p => p.Name)];
        Assert.Contains(learned, static name => name.StartsWith("query.stem1.", StringComparison.Ordinal));
        Assert.Contains(learned, static name => name.StartsWith("query.stem2.", StringComparison.Ordinal));
        Assert.Contains(learned, static name => name.StartsWith("query.encoder.layer5.", StringComparison.Ordinal));
        Assert.DoesNotContain(learned, static name => name.StartsWith("key.", StringComparison.Ordinal)
            || name.StartsWith("query.head0", StringComparison.Ordinal) || name.StartsWith("query.encoder.stem", StringComparison.Ordinal));
        Assert.All(Enumerable.Range(0, 4), view => Assert.False(cmc.Memory(view).Keys.RequiresGrad));
    }

    [Fact]
    public void Views_of_one_kind_share_their_first_stage_and_every_view_has_its_own_head()
    {
        using Contrast cmc = Make(s_options);
        string[] parts = [.. cmc.Parameters().Select(static p => string.Join('.', p.Name.Split('.').Take(2)))
            .Where(static part => part.StartsWith("query.", StringComparison.Ordinal)).Distinct()];
        Assert.Equal(["query.encoder", "query.head0", "query.head1", "query.head2", "query.head3", "query.stem1", "query.stem2"],
            parts.Order(StringComparer.Ordinal));
        using Contrast separate = Make(s_options with { Sharing = ViewSharing.None });
        Assert.Equal(4, separate.Parameters()
            .Count(static p => p.Name.StartsWith("query.", StringComparison.Ordinal)
            && p.Name.EndsWith("stem.bias", StringComparison.Ordinal)));
    }

    // the original assigns into a list that nobody keeps
    [Fact]
    public void Momentum_networks_start_as_copies_and_follow_at_one_minus_momentum()
    {
        using Contrast cmc = Make(s_options), still = Make(s_options with { KeyMomentum = 1 });
        foreach (Contrast method in new[] { cmc, still })
        {
            (Tensor query, Tensor key) = (Weight(method, "query.encoder.layer1.0.conv1.weight"),
                Weight(method, "key.encoder.layer1.0.conv1.weight"));
            Assert.True(query.SameAs(key));
            using (GradMode.Off()) query.AddInPlace(1);
            Tensor before = key.Clone();
            method.AfterUpdate(default);
            Tolerance.Close(method == cmc ? before * 0.9 + query.Detach() * 0.1 : before, key, relative: 1e-5);
        }
    }

    [Fact]
    public void Each_memory_gets_its_own_views_momentum_features_after_the_backward_pass()
    {
        using Contrast cmc = Make(s_options);
        Batch batch = Scenes();
        Tensor[] before = [.. Enumerable.Range(0, 4).Select(view => cmc.Memory(view).Keys.Clone())];
        MomentumCmcStep step = cmc.Step(batch);
        Assert.All(Enumerable.Range(0, 4), view => Assert.True(before[view].SameAs(cmc.Memory(view).Keys)));
        cmc.AfterBackward(step);
        for (int view = 0; view < 4; view++)
        {
            Assert.False(step.Keys!.RequiresGrad);
            Assert.True(step.Keys.Narrow(0, 4 * view, 4).SameAs(cmc.Memory(view).Keys.Narrow(0, 0, 4)));
            Assert.True(before[view].Narrow(0, 4, 8).SameAs(cmc.Memory(view).Keys.Narrow(0, 4, 8)));
        }
        // keys start as the online features
        Tolerance.Close(cmc.Project(batch.View(0)).Detach(), step.Keys!.Narrow(0, 0, 4), relative: 1e-5);
    }

    [Fact]
    public void Memories_are_filled_with_real_features_before_the_first_step_unless_nothing_reads_them()
    {
        using Contrast cmc = Make(s_options), intra = Make(s_options with { InterBatch = false });
        Assert.False(intra.WantsPriming);
        for (int batch = 0; batch < 3; batch++)
        {
            Assert.True(cmc.WantsPriming);
            cmc.Prime(Scenes(batch));
        }
        Assert.False(cmc.WantsPriming);
    }

    [Fact]
    public void Without_the_loss_between_batches_no_keys_are_made_and_the_memorys_length_is_of_no_matter()
    {
        MomentumCmcOptions intra = s_options with { InterBatch = false, MemoryLength = 2 };
        intra.Check(batchSize: 4);
        Assert.Equal("MemoryLength", Assert.Throws<OptionException>(() => (intra with { InterBatch = true }).Check(batchSize: 4)).Option);
        using Contrast cmc = Make(intra);
        MomentumCmcStep step = cmc.Step(Scenes());
        Assert.Null(step.Keys);
        step.Loss.Backward();
        cmc.AfterBackward(step);
        cmc.AfterUpdate(default);
    }

    [Fact]
    public void The_attention_head_does_not_care_for_the_order_of_places_and_mlp_and_attention_both_learn()
    {
        using AttentionHead head = new(features: 8, heads: 3, outputs: 4);
        Tensor map = Fill.Inputs("map", 2, 8, 3, 3), mean = Functional.GlobalAverage(map);
        Tolerance.Close(head.Forward(mean, map).Detach(), head.Forward(mean, map.Flip(2, 3)), relative: 1e-4);
        foreach (ViewHeadKind kind in new[] { ViewHeadKind.Mlp, ViewHeadKind.Attention })
        {
            using Contrast cmc = Make(s_options with { Head = kind });
            Assert.True(Fall(cmc, DType.Float32) > 0.15, $"{kind} did not learn");
        }
    }

    [Theory, InlineData(ContrastKind.Nce), InlineData(ContrastKind.InfoNce)]
    public void The_loss_falls_in_bf16_too(ContrastKind loss)
    {
        using Contrast cmc = Make(s_options with { Loss = loss });
        Assert.True(Fall(cmc, DType.BFloat16) > 0.15);
        Assert.All(cmc.Parameters(), static p => Assert.Equal(DType.Float32, p.Value.DType));
    }

    [Fact]
    public void Ten_batches_are_remembered_unless_told_otherwise()
    {
        Assert.Equal(80, ((MomentumCmcOptions)new MomentumCmcOptions().ForBatch(8)).MemoryLength);
        Assert.Equal(7, ((MomentumCmcOptions)new MomentumCmcOptions(MemoryLength: 7).ForBatch(8)).MemoryLength);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_with_a_way_out()
    {
        MomentumCmcOptions[] wrong =
        [
            s_options with { InterBatch = false, IntraBatch = false }, s_options with { Pairs = [new(0, 0)] },
                s_options with { Pairs = [new(0, 4)] },
            s_options with { Pairs = [new(0, 1), new(0, 1)] }, s_options with { ViewKinds = [0, 0, 1, 2] },
                s_options with { Head = ViewHeadKind.None },
        ];
        Assert.All(wrong, static options => Assert.NotEmpty(Assert.Throws<OptionException>(() => Make(options)).Fix!));
        Assert.Throws<OptionException>(() => s_options.Check(batchSize: 13));
        Assert.Throws<OptionException>(() => s_options.Check(batchSize: 1));
        OptionException error = Assert.Throws<OptionException>(() =>
            new Contrast(() => EncoderRegistry.Create(Tiny.EncoderOptions), s_options));
        Assert.Contains("convnorm", error.Fix, StringComparison.Ordinal);
    }

    internal static Batch Scenes(int step = 0, DType type = DType.Float32) => new(
        [.. new[] { 3, 7, 1, 3 }.Select((channels, view) => Fill.Inputs($"scene{step}.{view}", 4, channels, 32, 32)
        .Contiguous(MemoryFormat.ChannelsLast).To(type))],
        [0, 1, 2, 3], [-1, -1, -1, -1], seed: 1, step);

    private static Contrast Make(MomentumCmcOptions options) =>
        new(static () => EncoderRegistry.Create(new EncoderOptions("convnorm-resnet34", Width: 0.125)), options);

    private static Tensor Weight(Method method, string name) => method.Parameters().Single(p => p.Name == name).Value;

    /// <summary>The share by which the loss of one batch falls in 30 updates.</summary>
    private static double Fall(Contrast cmc, DType type)
    {
        using Adam adam = new(ParameterGroup.Of(cmc.Parameters(), 0, true));
        double first = 0, last = 0;
        for (int i = 0; i < 30; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            MomentumCmcStep step = cmc.Step(Scenes(type: type));
            last = step.Loss.ToDouble();
            if (i == 0) first = last;
            step.Loss.Backward();
            adam.Update(1e-3);
            cmc.AfterUpdate(default);
        }
        return (first - last) / first;
    }
}
