using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Methods.MoCo;

namespace MocoSharp.Tests;

/// <summary>The smallest things that still are what they are called.</summary>
internal static class Tiny
{
    /// <summary>Options of any encoder, narrow, for pictures of 32 pixels.</summary>
    internal static EncoderOptions Encoder(string name) => name switch
    {
        "amdim" => new AmdimEncoderOptions(name, Width: 0.0625, Side: 32, Depth: 1, Features: 32),
        "keras-cnn" or "dim-cnn" => new SizedEncoderOptions(name, Width: 0.125, Side: 32),
        "vit-tiny" or "vit-small" or "vit-base" => new VisionTransformerOptions(name, Width: 0.0625, Side: 32, PatchSize: 8),
        "convnext-tiny" or "convnext-atto" => new ConvNeXtOptions(name, Width: 0.125, PatchSize: 2),
        "cpc-small" => new DeepEncoderOptions(name, Width: 0.125),
        _ => new EncoderOptions(name, Width: 0.125),
    };

    internal static EncoderOptions EncoderOptions => new("resnet18-small", Width: 0.125);

    internal static MoCoOptions MoCoOptions =>
        new(QueueLength: 32, KeyFeatures: 8, HiddenFeatures: [16], Temperature: 0.2, KeyMomentum: 0.9);

    internal static MoCo MoCo(MoCoOptions? options = null, EncoderOptions? encoder = null) =>
        new(() => EncoderRegistry.Create(encoder ?? EncoderOptions), options ?? MoCoOptions);

    /// <summary>Random pictures, another set for every step.</summary>
    internal static Batch Batch(
        int count = 8, int views = 2, int side = 8, long step = 0, DType type = DType.Float32, int channels = 3) => new(
        [.. Enumerable.Range(0, views).Select(view => Fill.Inputs($"step{step}.view{view}", count, channels, side, side)
        .Contiguous(MemoryFormat.ChannelsLast).To(type))],
        [.. Enumerable.Range(0, count)], [.. Enumerable.Repeat(-1, count)], seed: 1, step);

    /// <summary>Rows of unit length.</summary>
    internal static Tensor UnitRows(string name, int rows, int columns) => Functional.Normalize(Fill.Inputs(name, rows, columns));
}
