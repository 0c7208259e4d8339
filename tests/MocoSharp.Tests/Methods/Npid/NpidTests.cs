using MocoSharp.Methods;
using MocoSharp.Methods.Blocks;
using MocoSharp.Methods.Npid;
using NpidMethod = MocoSharp.Methods.Npid.Npid;

namespace MocoSharp.Tests.Methods.Npid;

/// <summary>What the mathematics of instance discrimination demands.</summary>
public sealed class NpidTests : TensorTest
{
    private const int Pictures = 40;
    private static readonly NpidOptions s_options = new(Features: 8, Negatives: 16, Proximal: 0, BankMomentum: 0.5);

    // 9.3179 for 4,096 noise samples and 10.8198 for a softmax over 50,000 pictures
    [Theory, InlineData(4096, 9.3179), InlineData(16384, 10.7041)]
    public void Loss_is_the_chance_level_when_every_score_is_the_mean(int negatives, double expected)
    {
        Tensor scores = Tensor.Full([4, 1 + negatives], 0.7);
        using NoiseContrast contrast = new();
        double constant = contrast.ConstantFor(scores, pictures: 50_000);
        Assert.Equal(50_000 * Math.Exp(0.7), constant, tolerance: 1e-1);
        Assert.Equal(expected, NoiseContrast.Loss(scores, constant, pictures: 50_000).ToDouble(), tolerance: 1e-2);
        Assert.Equal(expected, NoiseContrast.Chance(negatives), tolerance: 1e-4);
    }

    [Fact]
    public void Chance_of_the_full_softmax_is_the_log_of_the_number_of_pictures()
    {
        using NpidMethod npid = Npid(s_options with { Negatives = 0 });
        Assert.Equal(Math.Log(Pictures), npid.ChanceLoss!.Value, tolerance: 1e-12);
    }

    [Fact]
    public void Loss_does_not_depend_on_the_order_of_the_noise()
    {
        Tensor scores = Fill.Inputs("scores", 4, 17), turned = Tensor.Cat([scores.Narrow(1, 0, 1), scores.Narrow(1, 1, 16).Flip(1)], 1);
        Assert.Equal(NoiseContrast.Loss(scores, 60, Pictures).ToDouble(), NoiseContrast.Loss(turned, 60, Pictures).ToDouble(),
            tolerance: 1e-5);
    }

    [Fact]
    public void The_first_batch_settles_the_constant_for_ever()
    {
        using NpidMethod npid = Npid(s_options);
        Assert.Null(npid.Constant);
        npid.AfterBackward(npid.Step(Batch(0)));
        double first = npid.Constant!.Value;
        npid.AfterBackward(npid.Step(Batch(1)));
        Assert.Equal(first, npid.Constant);
    }

    [Fact]
    public void A_step_changes_neither_bank_nor_constant_until_it_is_told_to()
    {
        using NpidMethod npid = Npid(s_options);
        Tensor before = npid.Bank.Rows.Clone();
        NpidStep step = npid.Step(Batch(0));
        step.Loss.Backward();
        Assert.True(before.SameAs(npid.Bank.Rows));
        Assert.Null(npid.Constant);
        npid.AfterBackward(step);
        Assert.False(before.SameAs(npid.Bank.Rows));
    }

    [Fact]
    public void Only_the_rows_of_the_batch_move_and_they_stay_unit_vectors()
    {
        using NpidMethod npid = Npid(s_options);
        Tensor before = npid.Bank.Rows.Clone();
        NpidStep step = npid.Step(Batch(0, [3, 11, 5]));
        npid.AfterBackward(step);
        float[] moved = (npid.Bank.Rows - before).Norm(dim: 1).ToArray<float>();
        Assert.Equal([3, 5, 11], Enumerable.Range(0, Pictures).Where(i => moved[i] > 0));
        Assert.All(npid.Bank.Rows.Norm(dim: 1).ToArray<float>(), static length => Assert.Equal(1f, length, tolerance: 1e-5f));
        Tolerance.Close(Functional.Normalize(before.Narrow(0, 11, 1) * 0.5 + step.Features.Narrow(0, 1, 1) * 0.5),
            npid.Bank.Rows.Narrow(0, 11, 1), relative: 1e-5);
    }

    [Fact]
    public void No_gradient_reaches_the_bank()
    {
        using NpidMethod npid = Npid(s_options with { Proximal = 30 });
        npid.Step(Batch(0)).Loss.Backward();
        Assert.False(npid.Bank.Rows.RequiresGrad);
        Assert.Null(npid.Bank.Rows.Grad);
        Assert.All(npid.Parameters(), static p => Assert.NotNull(p.Value.Grad));
    }

    [Fact]
    public void The_proximal_term_is_the_weighted_mean_square_distance_to_what_is_remembered()
    {
        using NpidMethod with = Npid(s_options with { Proximal = 30 }), without = Npid(s_options);
        without.Load(with.State().ToDictionary(static s => s.Name, static s => s.Value));
        Batch batch = Batch(0);
        NpidStep step = with.Step(batch);
        double distance = (step.Features - with.Bank.Of(batch.Indices)).Pow(2).Sum().ToDouble() / batch.Count;
        Assert.Equal(without.Step(batch).Loss.ToDouble() + 30 * distance, step.Loss.ToDouble(), tolerance: 1e-3);
    }

    [Fact]
    public void Both_ways_to_take_the_products_agree()
    {
        Tensor features = Tiny.UnitRows("f", 4, 8);
        long[] rows = [0, 5, 19, 7];                                   // one a sample: the bank is larger than 1 · 8 rows
        using MemoryBank large = new(20, 8), small = new(20, 8);
        small.Load(large.State().ToDictionary(static s => s.Name, static s => s.Value));
        long[] many = [.. rows.SelectMany(static row => Enumerable.Repeat(row, 4))];
        Tensor few = large.Products(features, rows), repeated = small.Products(features, many);
        Tolerance.Close(few.Expand(4, 4), repeated, relative: 1e-6);
    }

    [Fact]
    public void A_picture_that_stands_twice_in_a_batch_is_remembered_by_its_last_feature()
    {
        using MemoryBank bank = new(8, 4);
        Tensor features = Tiny.UnitRows("f", 3, 4);
        bank.Move([2, 6, 2], features, momentum: 0);
        Tolerance.Close(features.Narrow(0, 2, 1), bank.Rows.Narrow(0, 2, 1), relative: 1e-6);
    }

    private static Batch Batch(long step, int[]? pictures = null)
    {
        pictures ??= [0, 1, 2, 3, 4, 5, 6, 7];
        return new Batch([Fill.Inputs($"step{step}", pictures.Length, 3, 8, 8).Contiguous(MemoryFormat.ChannelsLast)], pictures,
            [.. pictures.Select(static _ => -1)], seed: 1, step);
    }

    private static NpidMethod Npid(NpidOptions options) => new(new MethodParts(Tiny.EncoderOptions, Pictures), options);
}
