using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Amdim;
using AmdimMethod = MocoSharp.Methods.Amdim.Amdim;

namespace MocoSharp.Tests.Methods.Amdim;

/// <summary>What the mathematics of predictions across scales and views demands.</summary>
public sealed class AmdimTests : TensorTest
{
    private static readonly AmdimEncoderOptions s_encoder = new("amdim", Width: 0.0625, Side: 32, Depth: 1, Features: 32);

    // 8.5124 for 25 places, 9.1852 for 49, 26.210 in all
    [Theory, InlineData(25, 8.5124), InlineData(49, 9.1852)]
    public void Equal_scores_give_the_chance_level(int places, double expected)
    {
        (Tensor loss, Tensor square) = ScaleScore.Of(Tensor.Zeros([200, 3]), Tensor.Zeros([200, places, 3]), clip: 20);
        Assert.Equal(expected, loss.ToDouble(), tolerance: 1e-4);
        Assert.Equal(0, square.ToDouble());
        using AmdimMethod amdim = new(new MethodParts(s_encoder, 1, batch: 200), new AmdimOptions());
        Assert.Equal(26.210, amdim.ChanceLoss!.Value, tolerance: 1e-3);
    }

    [Theory, InlineData(32), InlineData(64), InlineData(128)]
    public void The_encoder_has_maps_of_7_and_5_places_and_one_feature_vector_for_each_size(int side)
    {
        using Encoder encoder = EncoderRegistry.Create(s_encoder with { Side = side, Features = 64 });
        Encoding seen = encoder.Encode(Tiny.Batch(count: 2, side: side).View(0), AmdimEncoder.Seven, AmdimEncoder.Five);
        Assert.Equal([2, 64], seen.Features.Shape);
        Assert.Equal([7, 7], seen.Maps[AmdimEncoder.Seven].Shape[2..]);
        Assert.Equal([5, 5], seen.Maps[AmdimEncoder.Five].Shape[2..]);
    }

    // without padding a place is the same function of its own window wherever it lies
    [Fact]
    public void A_place_of_the_map_sees_its_window_alone()
    {
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(s_encoder));
        encoder.Train(false);
        Tensor picture = Tiny.Batch(count: 1, side: 32).View(0), moved = picture.Clone();
        moved.Narrow(3, 0, 28).CopyFrom(picture.Narrow(3, 4, 28));                       // four pixels are one step on the map
        Tensor first = encoder.Encode(picture, AmdimEncoder.Seven).Maps[AmdimEncoder.Seven],
            second = encoder.Encode(moved, AmdimEncoder.Seven).Maps[AmdimEncoder.Seven];
        Tolerance.Close(first.Narrow(3, 1, 6).Contiguous(), second.Narrow(3, 0, 6).Contiguous(), relative: 1e-5);
    }

    [Fact]
    public void Scores_are_clipped_and_the_regularizer_sees_them_before()
    {
        Tensor source = Tensor.From<float>([100, 0, -100, 0], 2, 2), target = source.Unsqueeze(1);
        (Tensor loss, Tensor square) = ScaleScore.Of(source, target, clip: 20);
        Assert.Equal(Math.Log(1 + Math.Exp(-40)), loss.ToDouble(), tolerance: 1e-6);
        Assert.Equal(1e8 / 2, square.ToDouble(), tolerance: 100);
        Assert.True(ScaleScore.Of(source, target, clip: 0.5).Loss.ToDouble() > Math.Log(1 + Math.Exp(-1.001)));
    }

    // alone in the batch, a picture has nothing to be told from: were its other places negatives, they would push
    [Fact]
    public void Other_places_of_the_own_picture_are_no_negatives()
    {
        Tensor source = Fill.Inputs("source", 1, 8), target = Fill.Inputs("target", 1, 6, 8);
        (source.RequiresGrad, target.RequiresGrad) = (true, true);
        Tensor loss = ScaleScore.Of(source, target, clip: 20).Loss;
        loss.Backward();
        Assert.Equal(0, loss.ToDouble());
        Assert.Equal(0, source.Grad!.Norm().ToDouble());
        Assert.Equal(0, target.Grad!.Norm().ToDouble());
    }

    [Fact]
    public void The_loss_is_the_same_with_both_views_exchanged()
    {
        using AmdimMethod amdim = new(new MethodParts(s_encoder, 1, batch: 4), new AmdimOptions());
        Batch batch = Tiny.Batch(count: 4, side: 32);
        Assert.Equal(amdim.Step(new FirstPlace(batch.View(0), batch.View(1))).Loss.ToDouble(),
            amdim.Step(new FirstPlace(batch.View(1), batch.View(0))).Loss.ToDouble(), tolerance: 1e-4);
    }

    [Fact]
    public void Every_weight_gets_a_gradient()
    {
        using AmdimMethod amdim = new(new MethodParts(s_encoder, 1, batch: 4), new AmdimOptions());
        GoldenSteps.Fill(amdim, gain: 1, static name => name);
        amdim.Step(Tiny.Batch(count: 4, side: 32)).Loss.Backward();
        Assert.All(amdim.Parameters(), static p => Assert.True(p.Value.Grad?.Norm().ToDouble() > 0, p.Name));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Equal("set encoder.name to amdim",
            Assert.Throws<OptionException>(() => new AmdimMethod(new MethodParts(Tiny.EncoderOptions, 1), new AmdimOptions())).Fix);
        Assert.Equal("set encoder.features to 128 or more, or lower encoder.width",
            Assert.Throws<OptionException>(() => EncoderRegistry.Create(s_encoder with { Width = 0.25 })).Fix);
        Assert.Throws<OptionException>(() => EncoderRegistry.Create(s_encoder with { Side = 48 }));
    }

    private sealed class FirstPlace(Tensor first, Tensor second) : Batch([first, second], [0, 1, 2, 3], [-1, -1, -1, -1], seed: 1, step: 0)
    {
        public override long[] Noise(int use, int each, int rows) => new long[Count * each];
    }
}
