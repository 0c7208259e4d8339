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
        Assert.Equal(golden.GetProperty("names").EnumerateArray().Select(static n => n.GetString()!), names.Where(static (_, i) => i % 7 == 0));
        encoder.ConvertTo(DType.Float64);
        encoder.Train(false);
        using GradMode off = GradMode.Off();
        Tensor pictures = Fill.Inputs("pictures", 2, 3, 37, 37).Contiguous(MemoryFormat.ChannelsLast).To(DType.Float64);
        golden.GetProperty("features").HoldsSummary(encoder.Forward(pictures), relative: 1e-6);
    }

    [Theory, InlineData(Pooling.Average, 1), InlineData(Pooling.Max, 1), InlineData(Pooling.Concatenated, 2)]
    public void Pooling_decides_how_many_features_there_are(Pooling pooling, int times)
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("xresnet18", Width: 0.125, Channels: 1, Pooling: pooling));
        Assert.Equal(64 * times, encoder.Features);
        Assert.Equal([2, 64 * times], encoder.Forward(Fill.Inputs("grey", 2, 1, 28, 28)).Shape);
    }

    [Fact]
    public void Blocks_of_an_xresnet_begin_as_the_identity()
    {
        using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("xresnet18", Width: 0.125));
        Assert.Equal(8, encoder.Parameters().Count(static p => p.Name.Contains("convpath.1.1.weight", StringComparison.Ordinal) && p.Value.Norm().ToDouble() == 0));
    }
}
