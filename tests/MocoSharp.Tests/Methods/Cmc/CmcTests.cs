using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.Cmc;
using MocoSharp.Runs;
using CmcMethod = MocoSharp.Methods.Cmc.Cmc;

namespace MocoSharp.Tests.Methods.Cmc;

/// <summary>What the mathematics of two color views demands.</summary>
public sealed class CmcTests : TensorTest
{
    private const int Pictures = 40;
    private static readonly EncoderOptions s_pair = Tiny.EncoderOptions with { Name = "pair-resnet18-small" };
    private static readonly CmcOptions s_options = new(Features: 8, Negatives: 16);

    // 18.6358 for 4,096 noise rows, 21.4082 for 16,384
    [Theory, InlineData(4096, 18.6358), InlineData(16384, 21.4082)]
    public void Chance_is_twice_that_of_one_view(int negatives, double expected)
    {
        using CmcMethod cmc = Cmc(s_options with { Negatives = negatives });
        Assert.Equal(expected, cmc.ChanceLoss!.Value, tolerance: 1e-4);
    }

    // lightness must not see color, nor color lightness
    [Fact]
    public void Each_encoder_sees_its_own_channels_alone()
    {
        using CmcMethod cmc = Cmc(s_options);
        cmc.Train(false);
        Tensor picture = Tiny.Batch().View(0), otherColor = Replace(picture, 1, 2), otherLight = Replace(picture, 0, 1);
        (Tensor light, Tensor color) = Halves(cmc.Encoder.Forward(picture));
        Assert.True(light.SameAs(Halves(cmc.Encoder.Forward(otherColor)).First));
        Assert.False(color.SameAs(Halves(cmc.Encoder.Forward(otherColor)).Second));
        Assert.True(color.SameAs(Halves(cmc.Encoder.Forward(otherLight)).Second));
        Assert.False(light.SameAs(Halves(cmc.Encoder.Forward(otherLight)).First));
    }

    [Fact]
    public void Features_of_both_views_stand_one_after_the_other_and_so_do_their_maps()
    {
        using Encoder pair = EncoderRegistry.Create(s_pair);
        pair.Train(false);
        Tensor picture = Tiny.Batch(side: 16).View(0);
        PairEncoder both = (PairEncoder)pair;
        (Tensor first, Tensor rest) = PairEncoder.Split(picture);
        Encoding joined = pair.Encode(picture, "layer2"), light = both.First.Encode(first, "layer2"),
            color = both.Rest.Encode(rest, "layer2");
        Tolerance.Close(Tensor.Cat([light.Features, color.Features], 1), joined.Features, relative: 1e-6);
        Tolerance.Close(Tensor.Cat([light.Maps["layer2"], color.Maps["layer2"]], 1), joined.Maps["layer2"], relative: 1e-6);
        Assert.Equal(pair.Features, joined.Features.Size(1));
    }

    [Fact]
    public void Each_view_is_scored_against_the_others_bank()
    {
        using CmcMethod cmc = Cmc(s_options with { Softmax = true });
        Batch batch = Batch();
        float before = cmc.Step(batch).Loss.ToSingle();
        GoldenSteps.Set(cmc, "light_bank.rows", Tiny.UnitRows("other", Pictures, 8));
        CmcStep step = cmc.Step(batch);
        step.Loss.Backward();
        Assert.NotEqual(before, step.Loss.ToSingle());
        Dictionary<string, Tensor> first = Gradients(cmc);
        using CmcMethod same = Cmc(s_options with { Softmax = true });
        same.Load(cmc.State().ToDictionary(static s => s.Name, static s => s.Value));
        GoldenSteps.Set(same, "light_bank.rows", Tiny.UnitRows("third", Pictures, 8));
        same.Step(batch).Loss.Backward();
        Dictionary<string, Tensor> second = Gradients(same);
        Assert.True(first["light_head.0.weight"].SameAs(second["light_head.0.weight"]), "lightness was scored against its own bank");
        Assert.False(first["colour_head.0.weight"].SameAs(second["colour_head.0.weight"]));
    }

    [Fact]
    public void Banks_and_constants_wait_until_they_are_told_and_get_no_gradient()
    {
        using CmcMethod cmc = Cmc(s_options);
        Tensor before = cmc.Banks.Light.Rows.Clone();
        CmcStep step = cmc.Step(Batch());
        step.Loss.Backward();
        Assert.True(before.SameAs(cmc.Banks.Light.Rows));
        Assert.Null(cmc.Constants.Light);
        Assert.Null(cmc.Banks.Light.Rows.Grad);
        cmc.AfterBackward(step);
        Assert.False(before.SameAs(cmc.Banks.Light.Rows));
        Assert.True(cmc.Constants is { Light: > 0, Color: > 0 });
        Assert.NotEqual(cmc.Constants.Light, cmc.Constants.Color);
    }

    [Fact]
    public void A_single_encoder_is_refused_with_the_name_of_its_pair()
    {
        OptionException error = Assert.Throws<OptionException>(() =>
            new CmcMethod(new MethodParts(Tiny.EncoderOptions, Pictures), s_options));
        Assert.Equal("set encoder.name to pair-resnet18-small", error.Fix);
    }

    [Fact]
    public void A_pair_is_written_and_read_back_whole()
    {
        string path = Path.GetTempFileName();
        using Encoder pair = EncoderRegistry.Create(s_pair with { Pooling = Pooling.Concatenated });
        EncoderFile.Write(path, pair);
        using Encoder read = EncoderFile.Read(path);
        pair.Train(false);
        Assert.True(pair.Forward(Tiny.Batch().View(0)).SameAs(read.Forward(Tiny.Batch().View(0))));
        File.Delete(path);
    }

    private static CmcMethod Cmc(CmcOptions options) => new(new MethodParts(s_pair, Pictures), options);

    private static Batch Batch()
    {
        Batch two = Tiny.Batch();
        return new Batch([two.View(0)], two.Indices, two.Labels, seed: 1, step: 0);
    }

    private static Tensor Replace(Tensor picture, int from, int channels)
    {
        Tensor copy = picture.Clone();
        copy.Narrow(1, from, channels).ZeroInPlace();
        return copy;
    }

    private static (Tensor First, Tensor Second) Halves(Tensor features) =>
        (features.Narrow(1, 0, features.Size(1) / 2), features.Narrow(1, features.Size(1) / 2, features.Size(1) / 2));

    private static Dictionary<string, Tensor> Gradients(CmcMethod cmc) => cmc.Parameters().Where(static p => p.Value.Grad is not null)
        .ToDictionary(static p => p.Name, static p => p.Value.Grad!);
}
