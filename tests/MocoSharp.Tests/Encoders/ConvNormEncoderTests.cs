using MocoSharp.Encoders;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Tests.Encoders;

/// <summary>Sizes of the momentum CMC system's networks, as its code gives them.</summary>
public sealed class ConvNormEncoderTests : TensorTest
{
    [Theory]
    [InlineData("convnorm-resnet34", 6_547_200), InlineData("convnorm-regnetx-1.6gf", 8_233_344),
        InlineData("convnorm-regnetx-3.2gf", 14_227_200), InlineData("convnorm-regnetx-4.0gf", 20_681_600)]
    public void A_core_has_the_originals_count_of_weights(string name, long expected)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(name));
        Assert.Equal(expected, encoder.Parameters().Where(static p => !p.Name.StartsWith("stem.", StringComparison.Ordinal))
            .Sum(static p => p.Value.ElementCount));
    }

    [Theory, InlineData(3, 2_432), InlineData(7, 5_632), InlineData(1, 832)]
    public void A_first_stage_has_the_originals_count_of_weights(int channels, long expected)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("convnorm-resnet34"));
        using Module stem = encoder.NewStem(channels)!;
        Assert.Equal(expected, stem.Parameters().Sum(static p => p.Value.ElementCount));
    }

    [Fact]
    public void The_first_architecture_has_the_originals_count_of_weights_and_128_features()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("convnorm-first"));
        Assert.Equal(13_480_832, encoder.Parameters().Sum(static p => p.Value.ElementCount));
        Assert.Equal(128, encoder.Features);
    }

    [Theory, InlineData("convnorm-resnet34"), InlineData("convnorm-regnetx-1.6gf"), InlineData("convnorm-regnetx-3.2gf"),
        InlineData("convnorm-regnetx-4.0gf")]
    public void Features_are_those_of_the_original_said_again(string name)
    {
        System.Text.Json.JsonElement cores = Golden.Open("momentum-cmc").GetProperty("cores"),
            golden = cores.GetProperty("encoders").Named(name);
        int side = cores.Whole("side");
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(new EncoderOptions(name, Width: cores.Number("width"))));
        Assert.Equal(golden.Whole("parameters"), encoder.Parameters().Sum(static p => p.Value.ElementCount));
        encoder.ConvertTo(DType.Float64);
        using GradMode off = GradMode.Off();
        golden.GetProperty("features").HoldsSummary(encoder.Forward(Fill.Inputs("cmc.core", 2, 3, side, side).To(DType.Float64)),
            relative: 1e-6);
    }

    [Theory, InlineData("convnorm-resnet34", 2), InlineData("plainconv-resnet34", 2), InlineData("convnorm-first", 2),
        InlineData("convnorm-regnetx-1.6gf", 8)]
    public void The_last_map_is_the_picture_by_the_last_stages_stride(string name, int side)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(name, Width: 0.125));
        string last = encoder.Stages[^1].Name;
        Encoding encoding = encoder.Encode(Fill.Inputs("x", 1, 3, 128, 128), last);
        Assert.Equal([1, encoder.Features, side, side], encoding.Maps[last].Shape);
        Assert.Equal(128 / side, encoder.Stages[^1].Stride);
    }

    // the reason for the division: activations stay in range through 34 layers, whatever the weights' lengths
    [Fact]
    public void Features_do_not_grow_with_the_lengths_of_the_weights_where_kernels_have_unit_length()
    {
        Assert.True(Growth("convnorm-resnet34") < 1.001);
        Assert.True(Growth("plainconv-resnet34") > 100);
    }

    [Fact]
    public void Another_first_stage_feeds_the_same_core()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("convnorm-resnet34", Width: 0.125));
        using Layer stem = encoder.NewStem(7)!;
        (Tensor features, _) = encoder.Finish(stem.Forward(Fill.Inputs("map", 2, 7, 64, 64)));
        Assert.Equal([2, encoder.Features], features.Shape);
        Tensor x = Fill.Inputs("x", 2, 3, 64, 64);
        Assert.True(encoder.Forward(x).SameAs(encoder.Finish(encoder.Stages[0].Run(x)).Features));
    }

    private static double Growth(string name)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions(name, Width: 0.125));
        Tensor x = Fill.Inputs("x", 1, 3, 64, 64);
        double before = encoder.Forward(x).Norm().ToDouble();
        using (GradMode.Off())
            foreach ((string parameter, Tensor value) in encoder.Parameters())
                if (!parameter.StartsWith("stem.", StringComparison.Ordinal)) value.MulInPlace(3);
        return encoder.Forward(x).Norm().ToDouble() / before;
    }
}
