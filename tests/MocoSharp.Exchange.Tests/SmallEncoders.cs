using MocoSharp.Encoders;

namespace MocoSharp.Exchange.Tests;

/// <summary>Encoders that are small, and whose batch norms have moved, so that nothing cancels.</summary>
internal static class SmallEncoders
{
    internal const int Side = 32;

    /// <summary>The registry's encoder of a name, in evaluation mode.</summary>
    internal static Encoder Of(string name, Func<EncoderOptions, EncoderOptions>? change = null)
    {
        const double width = 0.125;
        EncoderOptions options = EncoderRegistry.OptionsOf(name) is var type && type == typeof(AmdimEncoderOptions)
            ? new AmdimEncoderOptions(name, width, Side: Side)
            : type == typeof(SizedEncoderOptions) ? new SizedEncoderOptions(name, width, Side: Side)
            : type == typeof(VisionTransformerOptions) ? new VisionTransformerOptions(name, 0.34, Side: Side, PatchSize: 8, Registers: 2)
            : type == typeof(ConvNeXtOptions) ? new ConvNeXtOptions(name, width)
            : type == typeof(DeepEncoderOptions) ? new DeepEncoderOptions(name, width) : new EncoderOptions(name, width);
        Encoder encoder = EncoderRegistry.Create(change?.Invoke(options) ?? options);
        Stir(encoder);
        encoder.Train(false);
        return encoder;
    }

    /// <summary>Pictures of values as encoders see them, channels_last.</summary>
    internal static Tensor Pictures(int count, int channels = 3, int side = Side) =>
        Tensor.RandomNormal([count, channels, side, side]).Contiguous(MemoryFormat.ChannelsLast);

    /// <summary>Running statistics, scales and shifts away from where they start; a residual block's last scale, which may start at 0, and
    /// convolutions of zeros too.</summary>
    private static void Stir(Encoder encoder)
    {
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        foreach ((string name, Tensor value) in encoder.State())
        {
            if (value.DType != DType.Float32) continue;
            if (name.EndsWith("running_var", StringComparison.Ordinal)) value.UniformInPlace(0.5, 2);
            else if (value.Rank == 1) value.AddInPlace(Tensor.RandomNormal(value.Shape), 0.3);
            else if (!(value.Abs().Max().ToSingle() > 0)) value.NormalInPlace(0, 0.05);
        }
    }
}
