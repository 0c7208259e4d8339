using System.Text.Json;
using MocoSharp.Encoders;

namespace MocoSharp.Tests.Encoders;

/// <summary>xresnets and EfficientNet-B0 against fastai's and timm's networks, restated.</summary>
public sealed class FastaiEncodersTests : TensorTest
{
    [Theory, InlineData("xresnet18"), InlineData("xresnet34"), InlineData("xresnet50"), InlineData("efficientnet-b0")]
    public void Names_counts_and_features_are_the_originals(string name)
    {
        JsonElement golden = Golden.Open("fastai").GetProperty("encoders").Named(name);
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(new EncoderOptions(name, Pooling: Pooling.Concatenated)));
        Assert.Equal(golden.Whole("parameters"), encoder.Parameters().Sum(static p => p.Value.ElementCount));
        string[] names = [.. encoder.Parameters().Select(static p => p.Name)];
        Assert.Equal(golden.GetProperty("names").EnumerateArray().Select(static n => n.GetString()!), names);
        encoder.ConvertTo(DType.Float64);
        encoder.Train(false);
        using GradMode off = GradMode.Off();
        Tensor pictures = Fill.Inputs("pictures", 2, 3, 37, 37).Contiguous(MemoryFormat.ChannelsLast).To(DType.Float64);
        golden.GetProperty("features").HoldsSummary(encoder.Forward(pictures), relative: 1e-6);
    }

    [Fact]
    public void Each_entry_of_efficientnets_state_has_timms_name_and_shape()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("efficientnet-b0"));
        string[] state = [.. encoder.State().Select(static item => $"{item.Name} {string.Join('x', item.Value.Shape)}".TrimEnd())];
        Assert.Equal(Golden.Open("fastai").GetProperty("efficientNetState").EnumerateArray().Select(static entry => entry.GetString()!),
            state.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Efficientnet_pads_each_axis_of_a_picture_by_what_it_wants()
    {
        using Encoder encoder = Fill.Module(EncoderRegistry.Create(new EncoderOptions("efficientnet-b0")));
        encoder.ConvertTo(DType.Float64);
        encoder.Train(false);
        using GradMode off = GradMode.Off();
        Golden.Open("fastai").GetProperty("efficientNetWide")
            .HoldsSummary(encoder.Forward(Fill.Inputs("wide", 1, 3, 37, 66).To(DType.Float64)), relative: 1e-6);
    }

    [Fact]
    public void Efficientnets_channel_weights_start_as_timms()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("efficientnet-b0"));
        Dictionary<string, Tensor> weights = encoder.Parameters().ToDictionary(static p => p.Name, static p => p.Value.Detach());
        foreach ((string layer, int fanOut) in new[] { ("conv_reduce", 48), ("conv_expand", 1152) })
        {
            Tensor weight = weights[$"blocks.6.0.se.{layer}.weight"];
            double expected = Math.Sqrt(2.0 / fanOut), deviation = weight.Norm().ToDouble() / Math.Sqrt(weight.ElementCount);
            Assert.Equal(expected, deviation, tolerance: 0.02 * expected);
            Assert.Equal(0, weights[$"blocks.6.0.se.{layer}.bias"].Norm().ToDouble());
        }
    }

    [Theory, InlineData(Pooling.Average, 1), InlineData(Pooling.Max, 1), InlineData(Pooling.Concatenated, 2)]
    public void Pooling_decides_how_many_features_there_are(Pooling pooling, int times)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("xresnet18", Width: 0.125, Channels: 1, Pooling: pooling));
        Assert.Equal(64 * times, encoder.Features);
        Assert.Equal([2, 64 * times], encoder.Forward(Fill.Inputs("gray", 2, 1, 28, 28)).Shape);
    }

    [Fact]
    public void Blocks_of_an_xresnet_begin_as_the_identity()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("xresnet18", Width: 0.125));
        Assert.Equal(8, encoder.Parameters()
            .Count(static p => p.Name.Contains("convpath.1.1.weight", StringComparison.Ordinal) && p.Value.Norm().ToDouble() == 0));
    }
}
